// A job's files: sizes, checksums, and downloads that are checked against them.
import { useState } from "react";
import type { Job, JobFile, SkippedFile } from "../../shared/contract/job.ts";
import { useGateway } from "./gateway.ts";
import { CopyButton, Fault } from "./parts.tsx";
import { useDownload } from "./use-download.ts";
import { usePolled } from "./use-polled.ts";
import { resultsWords, sizeWords } from "./words.ts";

type Page = { files: JobFile[]; skipped: SkippedFile[]; cursor?: string | undefined };

const roleWords: Record<JobFile["role"], string> = { result: "", stdout: "standard output", stderr: "standard error" };

export function FileTable({ job }: { job: Job }) {
  const { client, onSignedOut } = useGateway();
  const first = usePolled<Page>(
    `${job.id} ${job.attempt}`,
    () => client.files(job.id, { limit: 200 }),
    () => undefined,
    onSignedOut,
  );
  const [older, setOlder] = useState<Page>();
  const [failed, setFailed] = useState<unknown>();
  if (!first.value)
    return first.error === undefined ? (
      <p className="loading">Loading …</p>
    ) : (
      <Fault error={first.error} what="The files cannot be listed" />
    );

  const cursor = older ? older.cursor : first.value.cursor;
  async function more() {
    try {
      const next = await client.files(job.id, { limit: 200, cursor });
      setOlder((old) => ({
        files: [...(old?.files ?? []), ...next.files],
        skipped: [...(old?.skipped ?? []), ...next.skipped],
        cursor: next.cursor,
      }));
      setFailed(undefined);
    } catch (error) {
      setFailed(error);
    }
  }
  const files = [...first.value.files, ...(older?.files ?? [])];
  const skipped = [...first.value.skipped, ...(older?.skipped ?? [])];
  if (files.length === 0 && skipped.length === 0) return <p className="aside">The job left no files.</p>;
  return (
    <>
      <p className="aside">{resultsWords(job.results)}. Each download is checked against its SHA-256.</p>
      {files.length > 0 && (
        <table className="files">
          <caption className="hidden">Files of the job</caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" className="number">
                Size
              </th>
              <th scope="col" className="wide">
                SHA-256
              </th>
              <th scope="col" className="number">
                <span className="hidden">Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <FileRow key={file.path} file={file} />
            ))}
          </tbody>
        </table>
      )}
      {failed !== undefined && <Fault error={failed} what="More files cannot be listed" />}
      {cursor !== undefined && (
        <p>
          <button type="button" onClick={() => void more()}>
            Show more files
          </button>
        </p>
      )}
      {skipped.length > 0 && <Skipped skipped={skipped} />}
    </>
  );
}

function FileRow({ file }: { file: JobFile }) {
  const { download, start } = useDownload(file);
  const busy = download.state === "busy";
  const label = busy ? `${download.percent} %` : download.state === "saved" ? "Saved" : "Download";
  return (
    <tr>
      <th scope="row">
        <bdi className="path">{file.path}</bdi>
        {file.role !== "result" && <span className="below">{roleWords[file.role]}</span>}
        {download.state === "failed" && (
          <span className="fault" role="alert">
            Nothing was saved: {download.fault}
          </span>
        )}
      </th>
      <td className="number" title={`${file.size.toLocaleString("en")} bytes`}>
        {sizeWords(file.size)}
      </td>
      <td className="wide checksum">
        <code title={file.sha256}>{file.sha256.slice(0, 12)}…</code>{" "}
        <CopyButton text={file.sha256} what={`the SHA-256 of ${file.path}`} />
      </td>
      <td className="number">
        <button
          type="button"
          className="quiet download"
          disabled={busy}
          onClick={() => void start()}
          aria-label={`${label} ${file.path}`}
        >
          {label}
        </button>
      </td>
    </tr>
  );
}

function Skipped({ skipped }: { skipped: readonly SkippedFile[] }) {
  return (
    <details>
      <summary>{skipped.length === 1 ? "1 entry was" : `${skipped.length} entries were`} left on the cluster</summary>
      <ul className="skipped">
        {skipped.map((entry) => (
          <li key={entry.path}>
            <bdi className="path">{entry.path}</bdi> <span className="aside">{entry.skipped}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
