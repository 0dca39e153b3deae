// How long a job waited and ran; counted on while it does.
import { useEffect, useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { spanWords } from "../words.ts";
import { isLive } from "./is-live.ts";
import { roughSpan } from "./rough-span.ts";

const moving = new Set<Job["state"]>(["submitted", "dispatched", "queued", "running"]);

export function RunTimes({ job }: { job: Job }) {
  const counting = moving.has(job.state);
  const now = useNow(counting ? 1_000 : undefined);
  const created = Date.parse(job.createdAt);
  const started = job.startedAt === undefined ? undefined : Date.parse(job.startedAt);
  const ended = job.endedAt === undefined ? undefined : Date.parse(job.endedAt);
  const waited = started === undefined ? (isLive(job) ? now - created : undefined) : started - created;
  const ran = started === undefined ? undefined : (ended ?? (job.state === "running" ? now : undefined));
  const { wallMinutes } = job.resources;
  const words = [
    waited !== undefined && `${started === undefined ? "Waiting for" : "Waited"} ${roughSpan(waited)}`,
    ran !== undefined &&
      started !== undefined &&
      `${ended === undefined ? "running for" : "ran for"} ${roughSpan(ran - started)}`,
  ].filter(Boolean);
  if (words.length === 0) return undefined;
  const limit =
    job.state === "running" && wallMinutes !== undefined ? ` of at most ${spanWords(wallMinutes * 60_000)}` : "";
  return (
    <div className="job-quiet">
      {words.join(", ")}
      {limit}.
    </div>
  );
}

/** The time, again after each `everyMs`; undefined: once. */
function useNow(everyMs: number | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
