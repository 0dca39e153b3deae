// The scrolling part of a log: only the rows that can be seen are in the document.
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Match } from "./log-find.ts";
import { LogLine } from "./log-line.tsx";
import { logRows } from "./log-rows.ts";
import { type LogText, lineAt } from "./log-text.ts";
import type { Log } from "./use-log.ts";
import { useVisibleRows } from "./use-visible-rows.ts";

/** Height of a row (px); job.css says the same. */
const rowHeight = 18;
/** Room for a scroll bar below the rows (px). */
const barHeight = 20;
/** This close to an end, more is read (rows). */
const nearRows = 30;

type LogLinesProps = {
  log: Log;
  text: LogText;
  wrap: boolean;
  label: string;
  matches: readonly Match[];
  current: Match | undefined;
  /** Told the first line that can be seen. */
  top: RefObject<number>;
};

export function LogLines({ log, text, wrap, label, matches, current, top }: LogLinesProps) {
  const box = useRef<HTMLElement>(null);
  const columns = useColumns(box, wrap, log.firstLine !== undefined);
  const rows = useMemo(() => logRows(text, wrap ? columns : undefined), [text, wrap, columns]);
  const visible = useVisibleRows(box, rows.count, rowHeight);
  const wanted = useIntent();
  /** What is at the top: a place in the file, and how far it is above the edge (px); and whether the last row is seen. */
  const anchor = useRef({ place: 0, beyond: 0, bottom: false });
  const done = useRef({ count: -1, rows });

  /** Remembers where the view is. */
  function note(element: HTMLElement) {
    visible.onScroll();
    const row = Math.floor(element.scrollTop / rowHeight);
    const { line } = rows.at(Math.min(row, Math.max(0, rows.count - 1)));
    const beyond = element.scrollTop - rows.rowOf(line) * rowHeight;
    anchor.current = { place: text.starts[line] ?? 0, beyond, bottom: below(element) < 2 };
    top.current = line;
  }

  function onScroll() {
    const element = box.current;
    if (!element) return;
    note(element);
    // only while a person scrolls: what moves by itself must not read a file of gigabytes
    if (!wanted.is()) return;
    if (log.more.earlier && element.scrollTop < nearRows * rowHeight) read("earlier");
    else if (log.more.later && below(element) < nearRows * rowHeight) read("later");
  }

  function read(direction: "earlier" | "later") {
    wanted.spend();
    log.move(direction);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: goes where it belongs when what is shown is another, not on every drawing
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || (done.current.count === log.last.count && done.current.rows === rows)) return;
    const moved = done.current.count !== log.last.count;
    done.current = { count: log.last.count, rows };
    const { place, beyond, bottom } = anchor.current;
    if (moved ? log.last.move === "end" : bottom) element.scrollTop = element.scrollHeight;
    else if (moved && log.last.move === "start") element.scrollTop = 0;
    else element.scrollTop = rows.rowOf(lineAt(text, place)) * rowHeight + beyond;
    note(element);
  }, [log.last, rows, text]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: goes to a match when it is chosen, and leaves it to whoever scrolls on
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !current) return;
    const at = rows.rowOf(current.line, current.start) * rowHeight;
    const seen = at >= element.scrollTop && at + rowHeight <= element.scrollTop + element.clientHeight;
    if (!seen) element.scrollTop = Math.max(0, at - element.clientHeight / 2);
    note(element);
    // a match far to the right of a line that is not wrapped, once it is drawn
    requestAnimationFrame(() =>
      element.querySelector(".log-current")?.scrollIntoView({ block: "nearest", inline: "nearest" }),
    );
  }, [current, rows]);

  const byLine = useMemo(() => Map.groupBy(matches, ({ line }) => line), [matches]);
  const digits = String((log.firstLine ?? 0) + text.lines.length).length;
  const drawn = [];
  for (let row = visible.first; row < visible.end; row += 1) {
    const { line, from, to } = rows.at(row);
    drawn.push(
      <div className="log-row" key={row} style={{ top: row * rowHeight }}>
        {log.firstLine !== undefined && (
          <span
            className="log-number"
            data-number={from === 0 ? log.firstLine + line : ""}
            style={{ width: `${digits + 2}ch` }}
          />
        )}
        <span className="log-text">
          <LogLine {...{ text, line, from, to, current }} matches={byLine.get(line) ?? []} />
        </span>
      </div>,
    );
  }
  return (
    <section
      className="log"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      style={{ maxBlockSize: rows.count * rowHeight + barHeight }}
      aria-label={label}
      onScroll={onScroll}
      {...wanted.handlers}
    >
      <div className="log-rows" style={{ height: rows.count * rowHeight }}>
        {drawn}
      </div>
    </section>
  );
}

/** How much lies below what is seen (px). */
const below = (element: HTMLElement): number => element.scrollHeight - element.scrollTop - element.clientHeight;

/** Whether a person is scrolling: they turned the wheel, pressed a key, touched it, or hold the bar. */
function useIntent() {
  const turned = useRef(false);
  const held = useRef(false);
  useEffect(() => {
    const release = () => {
      held.current = false;
    };
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", release);
    return () => {
      window.removeEventListener("pointerup", release);
      window.removeEventListener("pointercancel", release);
    };
  }, []);
  return useMemo(() => {
    const turn = () => {
      turned.current = true;
    };
    const hold = () => {
      held.current = true;
    };
    return {
      is: () => turned.current || held.current,
      spend: () => {
        turned.current = false;
      },
      handlers: { onWheel: turn, onKeyDown: turn, onTouchMove: turn, onPointerDown: hold },
    };
  }, []);
}

/** How many characters fit into a row. */
function useColumns(box: RefObject<HTMLElement | null>, wrap: boolean, numbered: boolean): number {
  const [columns, setColumns] = useState(100);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !wrap) return;
    const measure = () => {
      const probe = document.createElement("span");
      probe.className = "log-probe";
      probe.textContent = "0".repeat(100);
      element.append(probe);
      const width = probe.getBoundingClientRect().width / 100;
      probe.remove();
      if (width > 0) setColumns(Math.floor((element.clientWidth - 24) / width) - (numbered ? 9 : 0));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, wrap, numbered]);
  return columns;
}
