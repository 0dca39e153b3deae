// A button that saves a result file after its bytes were found to be those that were recorded.
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useEffectEvent } from "react";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useFlash } from "../flash.tsx";
import { useDownload } from "../use-download.ts";
import { baseName, pathWords } from "./path-words.ts";

/** `small`: an icon alone, for a row of a list; what goes wrong is then said at the top of the page. */
export function DownloadButton({ file, small }: { file: JobFile; small?: boolean }) {
  const { download, start } = useDownload(file);
  const flash = useFlash();
  const busy = download.state === "busy";
  const fault = download.state === "failed" ? download.fault : undefined;
  const label = busy ? `${download.percent} %` : download.state === "saved" ? "Saved" : "Download";
  const tell = useEffectEvent((words: string) =>
    flash.show({
      id: `download ${file.path}`,
      type: "error",
      header: `Nothing was saved of ${pathWords(baseName(file.path))}`,
      content: words,
    }),
  );
  useEffect(() => {
    if (small && fault !== undefined) tell(fault);
  }, [small, fault]);

  return (
    <span className="download">
      <Button
        iconName={download.state === "saved" ? "check" : "download"}
        variant={small ? "inline-icon" : "normal"}
        loading={busy}
        loadingText={label}
        onClick={() => void start()}
        ariaLabel={`${label} ${pathWords(file.path)}`}
      >
        {small ? undefined : label}
      </Button>
      {!small && fault !== undefined && (
        <span role="alert">
          <StatusIndicator type="error">Nothing was saved: {fault}</StatusIndicator>
        </span>
      )}
    </span>
  );
}
