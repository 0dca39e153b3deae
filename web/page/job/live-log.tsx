// The log of a job that runs: the ends of its output and error output as the cluster last saw them, followed or held still.
import Button from "@cloudscape-design/components/button";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Toggle from "@cloudscape-design/components/toggle";
import { useMemo, useRef, useState } from "react";
import type { Job, LiveJob, LiveText } from "../../../shared/contract/job.ts";
import { Fault, Moment } from "../parts.tsx";
import { sizeWords } from "../words.ts";
import { FindBar } from "./find-bar.tsx";
import { extentWords, type LiveLogName, likelyLog, liveLines } from "./live-text.ts";
import { LogLines } from "./log-lines.tsx";
import { useFind } from "./use-find.ts";
import { useLive } from "./use-live.ts";
import type { Log } from "./use-log.ts";
import { usePlace } from "./use-place.ts";
import { WithCode } from "./with-code.tsx";
import "./log.css";

const titles: Record<LiveLogName, string> = { stdout: "Output", stderr: "Error output" };
const names = ["stdout", "stderr"] as const;

export function LiveLog({ job }: { job: Job }) {
  const { live, error } = useLive(job, true);
  const [place, go] = usePlace();
  const [held, setHeld] = useState<LiveJob>();
  const shown = held ?? live;
  const name = names.find((one) => one === place.file) ?? likelyLog(shown ?? {});
  const text = shown?.[name];
  const following = held === undefined && job.state === "running";
  const at = `/v1/jobs/${job.id}`;
  return (
    <WithCode
      requests={[
        { method: "POST", path: `${at}/peek` },
        { method: "GET", path: `${at}/live` },
      ]}
    >
      <SpaceBetween size="s">
        {error !== undefined && <Fault error={error} what="The cluster cannot be asked to look now" />}
        {shown?.at === undefined ? (
          <FirstLook job={job} />
        ) : (
          <>
            <div className="log-tools">
              <SegmentedControl
                label="Which output"
                selectedId={name}
                onChange={({ detail }) => go("log", detail.selectedId)}
                options={names.map((id) => ({ id, text: `${titles[id]} (${sizeWords(shown[id]?.size ?? 0)})` }))}
              />
              <span className="log-actions">
                {job.state === "running" && (
                  <Button iconName={following ? "pause" : "play"} onClick={() => setHeld(following ? live : undefined)}>
                    {following ? "Pause" : "Follow"}
                  </Button>
                )}
              </span>
            </div>
            <div className="job-quiet">
              As of <Moment at={shown.at} />
              {text && text.size > 0 && `, ${extentWords(text)}`}.{" "}
              {job.state === "running"
                ? following
                  ? "It is looked at again every few seconds."
                  : "Paused: the job goes on, this stays."
                : "The job has ended; the whole log comes with its results."}
            </div>
            {text && text.size > 0 ? (
              <LiveLines key={name} text={text} label={titles[name]} following={following} />
            ) : (
              <p>Nothing was written to it so far.</p>
            )}
          </>
        )}
      </SpaceBetween>
    </WithCode>
  );
}

function FirstLook({ job }: { job: Job }) {
  if (job.state !== "running") return <p>The job has ended; its log comes with its results.</p>;
  return (
    <StatusIndicator type="loading">
      The cluster has been asked to look at what the job writes; its first look is here in some seconds
    </StatusIndicator>
  );
}

function LiveLines({ text: live, label, following }: { text: LiveText; label: string; following: boolean }) {
  const [wrap, setWrap] = useState(true);
  const top = useRef(0);
  const followed = useRef({ following, count: 0 });
  // whoever follows again is taken to the end once; from there the lines stay at it
  if (followed.current.following !== following)
    followed.current = { following, count: followed.current.count + (following ? 1 : 0) };
  const { count } = followed.current;
  const text = useMemo(() => liveLines(live), [live]);
  const log: Log = {
    text,
    firstLine: live.from === 0 ? 1 : undefined,
    more: { earlier: false, later: false },
    busy: false,
    failed: undefined,
    move: () => undefined,
    show: () => undefined,
    read: async () => new Uint8Array(),
    last: { move: "end", count },
  };
  const find = useFind(log, live.size, top);
  return (
    <div className="log-view">
      <div className="log-tools">
        <Toggle checked={wrap} onChange={({ detail }) => setWrap(detail.checked)}>
          Wrap lines
        </Toggle>
      </div>
      <FindBar find={find} log={log} size={live.size} />
      <LogLines {...{ log, text, wrap, label, top }} matches={find.matches} current={find.current} />
    </div>
  );
}
