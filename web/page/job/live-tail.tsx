// What a running job writes right now, in a few lines; the cluster is asked to look for as long as this is open.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Job, LiveText } from "../../../shared/contract/job.ts";
import { Fault, Moment } from "../parts.tsx";
import { sizeWords } from "../words.ts";
import { lastOf, likelyLog, liveLines } from "./live-text.ts";
import { LogLine } from "./log-line.tsx";
import { hashOf } from "./place.ts";
import { useLive } from "./use-live.ts";
import { usePlace } from "./use-place.ts";
import "./log.css";

const lines = 8;
/** Kept in this browser: whoever closed it does not want it. */
const key = "headgate.live-tail";

export function LiveTail({ job }: { job: Job }) {
  const [open, setOpen] = useState(() => localStorage.getItem(key) !== "closed");
  return (
    <ExpandableSection
      variant="container"
      headerText="Right now"
      expanded={open}
      onChange={({ detail }) => {
        setOpen(detail.expanded);
        localStorage.setItem(key, detail.expanded ? "open" : "closed");
      }}
    >
      {open && <Now job={job} />}
    </ExpandableSection>
  );
}

function Now({ job }: { job: Job }) {
  const { live, error } = useLive(job, true);
  const [, go] = usePlace();
  if (error !== undefined && live?.at === undefined)
    return <Fault error={error} what="The cluster cannot be asked to look now" />;
  if (live?.at === undefined)
    return (
      <StatusIndicator type="loading">
        The cluster has been asked to look at the job; its first look is here in some seconds
      </StatusIndicator>
    );
  const name = likelyLog(live);
  const text = live[name];
  return (
    <SpaceBetween size="xs">
      {text && text.size > 0 ? (
        <Tail text={text} label={`End of the ${name === "stdout" ? "output" : "error output"}`} />
      ) : (
        <p>It has written nothing so far.</p>
      )}
      <div className="job-quiet">
        As of <Moment at={live.at} />
        {text && text.size > 0 && `, ${sizeWords(text.size)} so far`}.{" "}
        <Link
          href={hashOf("log")}
          onFollow={(event) => {
            event.preventDefault();
            go("log");
            document.querySelector(".job-tabs")?.scrollIntoView({ block: "start" });
          }}
        >
          Follow the log
        </Link>
      </div>
    </SpaceBetween>
  );
}

function Tail({ text, label }: { text: LiveText; label: string }) {
  const box = useRef<HTMLElement>(null);
  const read = useMemo(() => liveLines(text), [text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was written last must be seen, after each look
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [read]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="tail tail-short" ref={box} tabIndex={0} aria-label={label}>
      {lastOf(read, lines).map((line) => (
        <div key={read.starts[line]} className="tail-line">
          <LogLine
            text={read}
            line={line}
            from={0}
            to={read.lines[line]?.length ?? 0}
            matches={[]}
            current={undefined}
          />
        </div>
      ))}
    </section>
  );
}
