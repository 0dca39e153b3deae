// One file that was chosen from the list: what is known of it, and what is in it.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef } from "react";
import type { Job, JobFile } from "../../../shared/contract/job.ts";
import { FileView } from "../viewers/file-view.tsx";
import { DownloadButton } from "./download-button.tsx";
import { roleWords } from "./file-list.tsx";
import { baseName, pathWords } from "./path-words.ts";

type OpenFileProps = { job: Job; file: JobFile; files: readonly JobFile[]; close: () => void };

export function OpenFile({ job, file, files, close }: OpenFileProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <Container
      header={
        <div className="open-file">
          <h2 ref={heading} tabIndex={-1} className="job-path">
            <bdi>{pathWords(baseName(file.path))}</bdi>
          </h2>
          <SpaceBetween direction="horizontal" size="xs">
            <DownloadButton file={file} />
            <Button iconName="close" onClick={close}>
              Close
            </Button>
          </SpaceBetween>
        </div>
      }
    >
      <SpaceBetween size="m">
        <div className="job-quiet job-path">
          {file.path.includes("/") && <>{pathWords(file.path)}, </>}
          {roleWords[file.role]}, {file.size.toLocaleString("en")} bytes, SHA-256{" "}
          <CopyToClipboard
            variant="inline"
            textToCopy={file.sha256}
            textToDisplay={<code>{file.sha256}</code>}
            copyButtonAriaLabel="Copy the SHA-256"
            copySuccessText="Copied"
            copyErrorText="The browser does not let it be copied"
          />
        </div>
        <FileView job={job} file={file} files={files} />
      </SpaceBetween>
    </Container>
  );
}
