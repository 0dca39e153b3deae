// A log that is read by windows: what is held of it, and what moves along it.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { readRange } from "../viewers/read-range.ts";
import { type LogText, logText } from "./log-text.ts";
import { endOf, type LogWindow, windowBytes, windowOf, withEarlier, withLater } from "./log-window.ts";

export type LogMove = "start" | "end" | "earlier" | "later";

export type Log = {
  text: LogText | undefined;
  /** Number of the first line of the text, where it is known. */
  firstLine: number | undefined;
  /** Whether there is more before and after what is held. */
  more: { earlier: boolean; later: boolean };
  busy: boolean;
  /** Why the last reading failed, and what it was for. */
  failed: { error: unknown; move: LogMove } | undefined;
  /** Reads more at an end, or goes to an end of the file. Does nothing while it is busy with that. */
  move: (to: LogMove) => void;
  /** Shows bytes that a search has read, as the text that they are. */
  show: (from: number, bytes: Uint8Array, text: LogText) => void;
  read: (from: number, to: number, signal?: AbortSignal) => Promise<Uint8Array>;
  /** What was last done: the view goes there. */
  last: { move: LogMove | "shown"; count: number };
};

/** Reads the file's last window at first. Never more than one window is asked for at once. */
export function useLog(file: JobFile): Log {
  const { client } = useGateway();
  const [held, setHeld] = useState<LogWindow & { text?: LogText }>();
  const [last, setLast] = useState<Log["last"]>({ move: "end", count: 0 });
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<Log["failed"]>();
  const asking = useRef<AbortController>(undefined);
  const { href, size } = file;

  const read = useCallback(
    async (from: number, to: number, signal?: AbortSignal) =>
      (await readRange(client.options, { href, size }, from, to, signal)).bytes,
    [client, href, size],
  );

  const become = useCallback((next: LogWindow & { text?: LogText }, move: Log["last"]["move"]) => {
    setHeld(next);
    setLast(({ count }) => ({ move, count: count + 1 }));
    setFailed(undefined);
  }, []);

  const ask = useCallback(
    async (from: number, to: number, move: LogMove, make: (bytes: Uint8Array) => LogWindow) => {
      const own = new AbortController();
      asking.current?.abort();
      asking.current = own;
      setBusy(true);
      try {
        const bytes = await read(from, to, own.signal);
        if (!own.signal.aborted) become(make(bytes), move);
      } catch (error) {
        if (!own.signal.aborted) setFailed({ error, move });
      } finally {
        if (asking.current === own) {
          asking.current = undefined;
          setBusy(false);
        }
      }
    },
    [read, become],
  );

  const move = useCallback(
    (to: LogMove) => {
      const end = held ? endOf(held) : 0;
      const from = Math.max(0, size - windowBytes);
      if (to === "start") void ask(0, Math.min(size, windowBytes), to, (bytes) => windowOf(0, bytes));
      else if (to === "end") void ask(from, size, to, (bytes) => windowOf(from, bytes));
      else if (asking.current || !held) return;
      else if (to === "earlier" && held.from > 0)
        void ask(Math.max(0, held.from - windowBytes), held.from, to, (bytes) => withEarlier(held, bytes));
      else if (to === "later" && end < size)
        void ask(end, Math.min(size, end + windowBytes), to, (bytes) => withLater(held, bytes));
    },
    [held, size, ask],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once for each file, whatever is held by then
  useEffect(() => {
    setHeld(undefined);
    move("end");
    return () => asking.current?.abort();
  }, [href, size]);

  const show = useCallback(
    (from: number, bytes: Uint8Array, text: LogText) => {
      asking.current?.abort();
      become({ ...windowOf(from, bytes), text }, "shown");
    },
    [become],
  );

  const text = useMemo(() => held && (held.text ?? logText(held.bytes, held.from, size)), [held, size]);
  const more = { earlier: (held?.from ?? 0) > 0, later: held !== undefined && endOf(held) < size };
  return { text, firstLine: held?.firstLine, more, busy, failed, move, show, read, last };
}
