// A button that saves a result file after its bytes were found to be those that were recorded.
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useDownload } from "../use-download.ts";

/** `small`: an icon alone, for a row of a list. */
export function DownloadButton({ file, small }: { file: JobFile; small?: boolean }) {
  const { download, start } = useDownload(file);
  const busy = download.state === "busy";
  const label = busy ? `${download.percent} %` : download.state === "saved" ? "Saved" : "Download";
  return (
    <span className="download">
      <Button
        iconName={download.state === "saved" ? "check" : "download"}
        variant={small ? "inline-icon" : "normal"}
        loading={busy}
        loadingText={label}
        onClick={() => void start()}
        ariaLabel={`${label} ${file.path}`}
      >
        {small ? undefined : label}
      </Button>
      {small && busy && <span className="download-percent">{label}</span>}
      {download.state === "failed" && (
        <span role="alert">
          <StatusIndicator type="error">Nothing was saved: {download.fault}</StatusIndicator>
        </span>
      )}
    </span>
  );
}
