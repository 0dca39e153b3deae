// How a job stands, in words: its state, the reason, the likely cause, and how long it took.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { endingWords } from "../../../shared/slurm/ending-words.ts";
import { Moment, StateBadge } from "../parts.tsx";
import { jobSentence } from "../words.ts";
import { Kept } from "./folder-value.tsx";
import { isLive } from "./is-live.ts";
import { JobProgress } from "./job-progress.tsx";
import { triedAgainWords } from "./life-words.ts";
import { likelyCause } from "./likely-cause.ts";
import { hashOf } from "./place.ts";
import { RunTimes } from "./run-times.tsx";
import { usePlace } from "./use-place.ts";

export function JobStanding({ job, cluster }: { job: Job; cluster: Cluster | undefined }) {
  const clusterName = cluster?.name ?? job.cluster;
  const triedAgain = triedAgainWords(job);
  const [, go] = usePlace();
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
          <div>
            Cancelling came too late: it was asked for <Moment at={job.cancelRequestedAt} />, and the job had ended by
            itself.
          </div>
        )}
        {triedAgain && (
          <div>
            {triedAgain}.{" "}
            {job.attempts && (
              <Link
                href={hashOf("attempts")}
                onFollow={(event) => {
                  event.preventDefault();
                  go("attempts");
                }}
              >
                What came of the earlier ones
              </Link>
            )}
          </div>
        )}
        <JobProgress job={job} />
        {likely && (
          <div className="likely">
            <strong>Likely cause:</strong> {likely.cause} {likely.advice}
          </div>
        )}
        {job.detail && !isShownAbove(job, job.detail) && (
          <blockquote className="job-detail" aria-label="In the cluster's own words">
            {job.detail}
          </blockquote>
        )}
        <RunTimes job={job} />
        <ResultsNote job={job} cluster={cluster} />
      </SpaceBetween>
    </Container>
  );
}

/** How the program ended is the sentence's to say, and what it said last stands in its last lines, where these are here. */
function isShownAbove(job: Job, detail: string): boolean {
  const words = endingWords(job);
  if (words === undefined || !detail.startsWith(words)) return false;
  return detail === words || job.results.state === "available";
}

/** Where the results are not here: why, and where they lie. */
function ResultsNote({ job, cluster }: { job: Job; cluster: Cluster | undefined }) {
  const { results, folder, state, startedAt } = job;
  const kept = folder && (job.folderKeptUntil || cluster?.folders) && (
    <>
      {" "}
      The folder is <Kept job={job} cluster={cluster} />.
    </>
  );
  if (results.state === "withheld")
    return (
      <Alert type="warning">
        The results stay on the cluster{folder ? ` in ${folder}` : ""}: {results.reason ?? "they are over the limit"}.
        {kept}
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
