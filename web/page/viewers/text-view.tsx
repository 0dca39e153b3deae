// A text of any size: its first 256 KB, and more on demand.
import Button from "@cloudscape-design/components/button";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { sizeWords } from "../words.ts";
import { readRange } from "./read-range.ts";
import { Reading } from "./reading.tsx";
import type { Encoding } from "./sniff.ts";
import { useRead } from "./use-read.ts";
import "./viewers.css";

type TextViewProps = { file: JobFile; encoding: Encoding };
type Piece = { text: string; end: number; total: number; decoder: TextDecoder };

const pieceBytes = 256 * 1024;

export function TextView({ file, encoding }: TextViewProps) {
  const { client } = useGateway();
  const [wrap, setWrap] = useState(false);
  const [pieces, setPieces] = useState<readonly Piece[]>([]);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function pieceFrom(start: number, decoder: TextDecoder, signal?: AbortSignal): Promise<Piece> {
    const { bytes, total } = await readRange(client.options, file, start, start + pieceBytes, signal);
    const end = start + bytes.length;
    return { text: decoder.decode(bytes, { stream: end < total }), end, total, decoder };
  }
  const first = useRead(`${file.href} ${file.sha256} ${encoding}`, async (signal) => {
    setPieces([]);
    return await pieceFrom(0, new TextDecoder(encoding), signal);
  });
  async function more(last: Piece) {
    setBusy(true);
    try {
      const next = await pieceFrom(last.end, last.decoder);
      setPieces((old) => [...old, next]);
      setFault(undefined);
    } catch (error) {
      setFault(`No more could be read: ${(error as Error).message}.`);
    }
    setBusy(false);
  }

  return (
    <Reading read={first} what={file.path}>
      {(start) => {
        const last = pieces.at(-1) ?? start;
        return (
          <>
            <div className="viewer-bar">
              <Toggle checked={wrap} onChange={({ detail }) => setWrap(detail.checked)}>
                Wrap long lines
              </Toggle>
              {last.end < last.total && (
                <span className="viewer-aside">
                  Shown: the first {sizeWords(last.end)} of {sizeWords(last.total)}.
                </span>
              )}
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <section className="viewer-scroll" tabIndex={0} aria-label={`Text of ${file.path}`}>
              <pre data-wrap={wrap}>
                {[start, ...pieces].map((piece) => (
                  <span key={piece.end}>{piece.text}</span>
                ))}
              </pre>
            </section>
            {fault && (
              <p className="viewer-aside" role="alert">
                {fault}
              </p>
            )}
            {last.end < last.total && (
              <div className="viewer-bar">
                <Button loading={busy} onClick={() => void more(last)}>
                  Show the next {sizeWords(Math.min(pieceBytes, last.total - last.end))}
                </Button>
              </div>
            )}
          </>
        );
      }}
    </Reading>
  );
}
