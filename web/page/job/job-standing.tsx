// How a job stands, in words: its state, the reason, the likely cause, and how long it took.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Job } from "../../../shared/contract/job.ts";
import { endingWords } from "../../../shared/slurm/ending-words.ts";
import { Moment, StateBadge } from "../parts.tsx";
import { jobSentence } from "../words.ts";
import { isLive } from "./is-live.ts";
import { likelyCause } from "./likely-cause.ts";
import { RunTimes } from "./run-times.tsx";

export function JobStanding({ job, clusterName }: { job: Job; clusterName: string }) {
  const likely = likelyCause(job);
  const cancelling = isLive(job) && job.cancelRequestedAt !== undefined;
  return (
    <Container>
      <SpaceBetween size="s">
        <div className="standing" data-state={job.state} role="status">
          <StateBadge state={job.state} />
          <span>{jobSentence(job, clusterName)}</span>
        </div>
        {cancelling && job.cancelRequestedAt && (
          <div role="status">
            Cancelling: asked for <Moment at={job.cancelRequestedAt} />. It ends as soon as the cluster has heard of it.
          </div>
        )}
        {!isLive(job) && job.cancelRequestedAt !== undefined && job.state !== "cancelled" && (
          <div>It was to be cancelled, but had ended before.</div>
        )}
        {likely && (
          <div className="likely">
            <strong>Likely cause:</strong> {likely.cause} {likely.advice}
          </div>
        )}
        {job.detail && job.detail !== endingWords(job) && (
          <blockquote className="job-detail" aria-label="In the cluster's own words">
            {job.detail}
          </blockquote>
        )}
        <RunTimes job={job} />
        <ResultsNote job={job} />
      </SpaceBetween>
    </Container>
  );
}

/** Where the results are not here: why, and where they lie. */
function ResultsNote({ job: { results, folder, state, startedAt } }: { job: Job }) {
  if (results.state === "withheld")
    return (
      <Alert type="warning">
        The results stay on the cluster{folder ? ` in ${folder}` : ""}: {results.reason ?? "they are over the limit"}.
      </Alert>
    );
  // of a job that never started there is nothing to be missed
  if (results.state === "unavailable")
    return (
      <Alert type={state === "succeeded" ? "warning" : "info"}>
        There are no results: {results.reason ?? "they could not be collected"}.
        {folder && startedAt ? ` What there is of them may still lie on the cluster in ${folder}.` : ""}
      </Alert>
    );
  return undefined;
}
