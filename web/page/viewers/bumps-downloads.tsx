// All files of a fit, each checked against its SHA-256 as it is saved.
import type { JobFile } from "../../../shared/contract/job.ts";
import { DownloadButton } from "../job/download-button.tsx";
import { sizeWords } from "../words.ts";

export function BumpsDownloads({ files }: { files: readonly JobFile[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="results-scroll" tabIndex={0} aria-label="Files of the fit">
      <table className="results-table">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="table-number">
              Size
            </th>
            <th scope="col" className="table-number">
              <span className="viewer-hidden">Download</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.path}>
              <th scope="row">
                <bdi>{file.path}</bdi>
              </th>
              <td className="table-number" title={`${file.size.toLocaleString("en")} bytes`}>
                {sizeWords(file.size)}
              </td>
              <td className="table-number">
                <DownloadButton file={file} small />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
