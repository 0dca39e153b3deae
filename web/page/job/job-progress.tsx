// How far a running job is, by its application's own files.
import ProgressBar from "@cloudscape-design/components/progress-bar";
import type { Job, Progress } from "../../../shared/contract/job.ts";
import { shortNumber } from "../viewers/axis-ticks.ts";
import { useLive } from "./use-live.ts";

/** Told as of the last look; nothing is asked for it. */
export function JobProgress({ job }: { job: Job }) {
  const { live } = useLive(job, false);
  if (job.state !== "running" || live?.progress === undefined) return undefined;
  const { done, words } = live.progress;
  const measure = measureWords(live.progress);
  if (done === undefined)
    return (
      <div>
        {words}
        {measure !== undefined && <span className="job-quiet">, {measure}</span>}
      </div>
    );
  return (
    <div className="job-progress">
      <ProgressBar
        value={Math.round(done * 1_000) / 10}
        label="How far it is"
        description={words}
        additionalInfo={measure}
      />
    </div>
  );
}

function measureWords({ measure }: Progress): string | undefined {
  return measure && `${measure.name} ${shortNumber(measure.value, 5)}`;
}
