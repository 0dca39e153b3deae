// A file that is no text and no picture: what was seen, its first bytes, and its download.
import Alert from "@cloudscape-design/components/alert";
import type { JobFile } from "../../../shared/contract/job.ts";
import { DownloadButton } from "../job/download-button.tsx";
import { sizeWords } from "../words.ts";
import { hexLines } from "./sniff.ts";
import "./viewers.css";

const shownBytes = 512;

export function BinaryView({ file, what, head }: { file: JobFile; what: string; head: Uint8Array }) {
  const bytes = head.subarray(0, shownBytes);
  return (
    <>
      <Alert type="info" action={<DownloadButton file={file} />}>
        {what.charAt(0).toUpperCase()}
        {what.slice(1)}.
      </Alert>
      <p className="viewer-aside">
        The first {bytes.length} bytes of {sizeWords(file.size)}:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="viewer-scroll" tabIndex={0} aria-label={`First bytes of ${file.path}`}>
        <pre>{hexLines(bytes).join("\n")}</pre>
      </section>
    </>
  );
}
