// Every move of a job, with its time, its cause, and who told of it.
import type { EvidenceSource, JobEvent } from "../../../shared/contract/job.ts";
import { Moment, StateBadge } from "../parts.tsx";
import { roughSpan } from "./rough-span.ts";

const sourceWords: Record<EvidenceSource, string> = {
  sacct: "Slurm's accounting",
  jobcomp: "Slurm's record of ended jobs",
  squeue: "Slurm's queue",
  job: "the job itself",
  sbatch: "Slurm's sbatch",
  "allow-list": "the cluster's list of accounts",
  headnode: "the head node",
  api: "the API",
  dispatch: "the gateway's sender",
  reconcile: "the gateway's check for lost messages",
};

export function Timeline({ events }: { events: readonly JobEvent[] }) {
  if (events.length === 0) return <p>Nothing has happened yet.</p>;
  return (
    <ol className="timeline">
      {events.map((event, index) => {
        const before = events[index - 1];
        const retried = event.attempt > (before?.attempt ?? 1);
        const requeued = !retried && before?.state === "running" && event.state === "queued";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: events are only ever added at the end
          <li key={index} data-state={event.state}>
            <div className="timeline-head">
              <StateBadge state={event.state} />
              {retried && <span className="timeline-note">attempt {event.attempt}</span>}
              {requeued && <span className="timeline-note">put back into the queue</span>}
              <Moment at={event.at} />
              {before && <span className="job-quiet">{later(before.at, event.at)}</span>}
            </div>
            <div>
              {event.cause} <span className="job-quiet">(known from {sourceWords[event.source]})</span>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function later(before: string, at: string): string {
  const ms = Date.parse(at) - Date.parse(before);
  return ms < 1_000 ? "at once" : `${roughSpan(ms)} later`;
}
