// biome-ignore-all lint/a11y/useSemanticElements: a table's own elements cannot be laid out by rows that are not there
// biome-ignore-all lint/a11y/useFocusableInteractive: what is in a row can be focused, the row itself does nothing
// The rows of a tree of files; only those that can be seen are in the document.
import { type KeyboardEvent, useRef } from "react";
import { flushSync } from "react-dom";
import type { JobFile } from "../../../shared/contract/job.ts";
import { CopyButton } from "../copy-button.tsx";
import { sizeWords } from "../words.ts";
import { DownloadButton } from "./download-button.tsx";
import type { FileRow } from "./file-tree.ts";
import { pathWords } from "./path-words.ts";
import { useVisibleRows } from "./use-visible-rows.ts";

/** Height of a row (px); job.css says the same. */
const rowHeight = 36;
/** Rows that are seen at once at most. */
const mostSeen = 14;

type FileListProps = {
  rows: readonly FileRow[];
  label: string;
  /** Path of the file that is open below. */
  opened: string | undefined;
  onOpen: (file: JobFile) => void;
  onToggle: (folder: string) => void;
};

export function FileList({ rows, label, opened, onOpen, onToggle }: FileListProps) {
  const box = useRef<HTMLDivElement>(null);
  const visible = useVisibleRows(box, rows.length, rowHeight);

  /** Up and down go from row to row, right and left open and close folders. */
  function onKeyDown(event: KeyboardEvent) {
    const at = Number((event.target as Element).closest("[data-row]")?.getAttribute("data-row") ?? Number.NaN);
    const row = rows[at];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      // what was left on the cluster has nothing to press
      let next = at + step;
      while (rows[next]?.kind === "skipped") next += step;
      if (rows[next]) focusRow(next);
    } else if (row.kind === "folder" && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      if (row.open === (event.key === "ArrowLeft")) onToggle(row.path);
    }
  }

  function focusRow(at: number) {
    const element = box.current;
    if (!element) return;
    const top = at * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight;
    // the row must be in the document before the next key comes
    flushSync(visible.onScroll);
    element.querySelector<HTMLElement>(`[data-row="${at}"] [data-name]`)?.focus({ preventScroll: true });
  }

  const drawn = rows.slice(visible.first, visible.end);
  return (
    <div role="table" aria-label={label} aria-rowcount={rows.length + 1} className="files">
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="file-row file-head">
          <Cell header>Name</Cell>
          <Cell header className="file-size">
            Size
          </Cell>
          <Cell header className="file-sum">
            SHA-256
          </Cell>
          <Cell header className="file-actions">
            <span className="job-hidden">Download</span>
          </Cell>
        </div>
      </div>
      <div
        role="rowgroup"
        ref={box}
        className="file-rows"
        style={{ height: Math.min(rows.length, mostSeen) * rowHeight }}
        onScroll={visible.onScroll}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className="file-space" style={{ height: rows.length * rowHeight }}>
          {drawn.map((row, index) => {
            const at = visible.first + index;
            const isOpened = row.kind === "file" && row.file.path === opened;
            return (
              <div
                role="row"
                aria-rowindex={at + 2}
                key={row.key}
                data-row={at}
                className={isOpened ? "file-row file-opened" : "file-row"}
                style={{ top: at * rowHeight }}
              >
                <Row row={row} onOpen={onOpen} onToggle={onToggle} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Cell({ header, className, children }: { header?: boolean; className?: string; children?: React.ReactNode }) {
  return (
    <div role={header ? "columnheader" : "cell"} className={className}>
      {children}
    </div>
  );
}

type RowProps = { row: FileRow } & Pick<FileListProps, "onOpen" | "onToggle">;

function Row({ row, onOpen, onToggle }: RowProps) {
  const indent = { paddingInlineStart: Math.min(row.depth, 12) * 20 };
  const name = pathWords(row.name);
  if (row.kind === "folder")
    return (
      <>
        <div role="cell" className="file-name" style={indent}>
          <button
            type="button"
            data-name
            className="file-folder"
            aria-expanded={row.open}
            onClick={() => onToggle(row.path)}
          >
            <span className="file-turn" aria-hidden="true" />
            <bdi title={pathWords(row.path)}>{name}/</bdi>
          </button>
          <span className="job-quiet">{row.files === 1 ? "1 file" : `${row.files.toLocaleString("en")} files`}</span>
        </div>
        <Cell className="file-size">{sizeWords(row.bytes)}</Cell>
        <Cell className="file-sum" />
        <Cell className="file-actions" />
      </>
    );
  if (row.kind === "skipped")
    return (
      <>
        <div role="cell" className="file-name file-skipped" style={indent}>
          <bdi title={pathWords(row.skipped.path)}>{name}</bdi>
          <span className="job-quiet">left on the cluster: {skippedWords(row.skipped.skipped)}</span>
        </div>
        <Cell className="file-size" />
        <Cell className="file-sum" />
        <Cell className="file-actions" />
      </>
    );
  const { file } = row;
  return (
    <>
      <div role="cell" className="file-name" style={indent}>
        <button type="button" data-name className="file-open" onClick={() => onOpen(file)}>
          <bdi title={pathWords(file.path)}>{name}</bdi>
        </button>
        {file.role !== "result" && <span className="job-quiet">{roleWords[file.role]}</span>}
      </div>
      <div role="cell" className="file-size" title={`${file.size.toLocaleString("en")} bytes`}>
        {sizeWords(file.size)}
      </div>
      <div role="cell" className="file-sum">
        <code title={file.sha256}>{file.sha256.slice(0, 8)}…</code>
        <CopyButton text={file.sha256} what={`the SHA-256 of ${pathWords(file.path)}`} />
      </div>
      <Cell className="file-actions">
        <DownloadButton file={file} small />
      </Cell>
    </>
  );
}

/** What a file is besides a result. */
export const roleWords: Record<JobFile["role"], string> = {
  result: "result",
  stdout: "the job's output",
  stderr: "the job's error output",
};

const known: Readonly<Record<string, string>> = {
  symlink: "it is a link",
  fifo: "it is a pipe",
  socket: "it is a socket",
  device: "it is a device",
  "hard link": "it is a hard link",
};

const skippedWords = (why: string): string => known[why] ?? why;
