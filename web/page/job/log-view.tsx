// A log of any size: its end first, then whatever part of it a person goes to; never more than three windows are held.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Toggle from "@cloudscape-design/components/toggle";
import { useEffect, useMemo, useRef, useState } from "react";
import type { JobFile } from "../../../shared/contract/job.ts";
import { Fault } from "../parts.tsx";
import { sizeWords } from "../words.ts";
import { DownloadButton } from "./download-button.tsx";
import { FindBar } from "./find-bar.tsx";
import { LogLines } from "./log-lines.tsx";
import { type LogText, looksBinary } from "./log-text.ts";
import { useFind } from "./use-find.ts";
import { type Log, useLog } from "./use-log.ts";
import "./job.css";
import "./log.css";

/** `label` names it to those who do not see it; default: the file's name. */
export function LogView({ file, label = file.path }: { file: JobFile; label?: string }) {
  const log = useLog(file);
  const top = useRef(0);
  const find = useFind(log, file.size, top);
  const [wrap, setWrap] = useState(true);
  const { text } = log;
  const binary = useMemo(() => text !== undefined && looksBinary(text), [text]);

  if (file.size === 0) return <p>Nothing was written to it.</p>;
  return (
    <div className="log-view">
      <div className="log-tools">
        <Button disabled={!log.more.earlier} onClick={() => log.move("start")} iconName="angle-up">
          Start
        </Button>
        <Button disabled={!log.more.later} onClick={() => log.move("end")} iconName="angle-down">
          End
        </Button>
        <Toggle checked={wrap} onChange={({ detail }) => setWrap(detail.checked)}>
          Wrap lines
        </Toggle>
        <span className="log-actions">
          {text && <CopyText text={text} all={!log.more.earlier && !log.more.later} />}
          <DownloadButton file={file} />
        </span>
      </div>
      <FindBar find={find} log={log} size={file.size} />
      {log.failed && (
        <Fault
          error={log.failed.error}
          what="This part of the log cannot be read"
          action={<Button onClick={() => log.failed && log.move(log.failed.move)}>Try again</Button>}
        />
      )}
      {binary && (
        <Alert type="info">
          This does not look like text. Bytes that are none are shown as signs; download the file to have it as it is.
        </Alert>
      )}
      {text ? (
        <LogLines {...{ log, text, wrap, label, top }} matches={find.matches} current={find.current} />
      ) : (
        !log.failed && <StatusIndicator type="loading">Loading the end of the log</StatusIndicator>
      )}
      {text && <Place log={log} text={text} size={file.size} />}
    </div>
  );
}

function Place({ log, text, size }: { log: Log; text: LogText; size: number }) {
  const all = !log.more.earlier && !log.more.later;
  return (
    <div className="log-place">
      {log.more.earlier && (
        <Button variant="inline-link" disabled={log.busy} onClick={() => log.move("earlier")}>
          Load earlier lines
        </Button>
      )}
      {log.more.later && (
        <Button variant="inline-link" disabled={log.busy} onClick={() => log.move("later")}>
          Load later lines
        </Button>
      )}
      <span>
        {all
          ? `All ${sizeWords(size)}, ${text.lines.length.toLocaleString("en")} ${text.lines.length === 1 ? "line" : "lines"}`
          : `${sizeWords(text.to - text.from)} loaded of ${sizeWords(size)}: bytes ${text.from.toLocaleString("en")} to ${text.to.toLocaleString("en")}`}
      </span>
      {log.busy && <StatusIndicator type="loading">Loading</StatusIndicator>}
    </div>
  );
}

function CopyText({ text, all }: { text: LogText; all: boolean }) {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text.lines.join("\n")).then(
      () => setSaid("Copied"),
      () => setSaid("The browser does not let it be copied"),
    );
  return (
    <>
      <span className="job-hidden" role="status">
        {said}
      </span>
      <Button iconName="copy" onClick={() => void copy()}>
        {said ?? (all ? "Copy" : "Copy what is loaded")}
      </Button>
    </>
  );
}
