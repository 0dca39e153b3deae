// One job: how it stands and why, what it left, and how it came there.
import { Link } from "wouter";
import type { Job, JobEvent } from "../../shared/contract/job.ts";
import { isSettled, pollDelay } from "../client/follow.ts";
import { ProblemError } from "../client/problem-error.ts";
import { FileTable } from "./file-table.tsx";
import { useGateway } from "./gateway.ts";
import { JobFacts } from "./job-facts.tsx";
import { NotFound } from "./not-found.tsx";
import { ClusterNotices, Fault, Moment, Notice, StateBadge, useTitle } from "./parts.tsx";
import { usePolled } from "./use-polled.ts";
import { jobSentence, jobTitle, stateWords } from "./words.ts";

type Shown = { job: Job; events: JobEvent[] };

export function JobPage({ id }: { id: string }) {
  const { client, clusters, site, onSignedOut } = useGateway();
  const shown = usePolled<Shown>(
    id,
    async () => {
      const [job, events] = await Promise.all([client.job(id), client.events(id)]);
      return { job, events };
    },
    ({ job }) => (isSettled(job) ? undefined : pollDelay(job, Date.now())),
    onSignedOut,
  );
  useTitle(shown.value ? `${jobTitle(shown.value.job)}: ${stateWords[shown.value.job.state]}` : "Job", site.name);

  if (!shown.value) {
    // an id that is no id is refused as such; to a person it is a job that is not there
    const absent = shown.error instanceof ProblemError && ["not-found", "invalid-request"].includes(shown.error.code);
    if (absent) return <NotFound what="job" />;
    if (shown.error !== undefined) return <Fault error={shown.error} what="The job cannot be read" />;
    return <p className="loading">Loading …</p>;
  }
  const { job, events } = shown.value;
  const cluster = clusters.find((one) => one.id === job.cluster);
  return (
    <>
      <nav aria-label="Back">
        <Link href="/">All jobs</Link>
      </nav>
      <h1>
        <bdi>{jobTitle(job)}</bdi>
      </h1>
      {shown.error !== undefined && <Fault error={shown.error} what="What is shown may be old" />}
      {cluster && <ClusterNotices clusters={[cluster]} />}
      <div className="standing" data-state={job.state} role="status">
        <StateBadge state={job.state} />
        <p>{jobSentence(job, cluster?.name ?? job.cluster)}</p>
        {job.detail && <p className="detail">{job.detail}</p>}
      </div>
      {job.description && <p className="description">{job.description}</p>}
      <section aria-labelledby="results">
        <h2 id="results">Results</h2>
        <Results job={job} />
      </section>
      <div className="columns">
        <section aria-labelledby="timeline">
          <h2 id="timeline">Timeline</h2>
          <Timeline events={events} />
        </section>
        <section aria-labelledby="facts">
          <h2 id="facts">The job</h2>
          <JobFacts job={job} clusterName={cluster?.name ?? job.cluster} />
        </section>
      </div>
    </>
  );
}

function Results({ job }: { job: Job }) {
  switch (job.results.state) {
    case "available":
      return <FileTable job={job} />;
    case "pending":
      return <p className="aside">They come when the job has ended. Files of a failed job come too.</p>;
    case "withheld":
      return (
        <Notice kind="warning">
          The results stay on the cluster{job.folder ? ` in ${job.folder}` : ""}:{" "}
          {job.results.reason ?? "they are over the limit"}.
        </Notice>
      );
    case "unavailable":
      return (
        <Notice kind="warning">There are no results: {job.results.reason ?? "they could not be collected"}.</Notice>
      );
  }
}

function Timeline({ events }: { events: readonly JobEvent[] }) {
  if (events.length === 0) return <p className="aside">Nothing has happened yet.</p>;
  return (
    <ol className="timeline">
      {events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events are only ever added at the end
        <li key={index} data-state={event.state}>
          <span className="timeline-head">
            <strong>{stateWords[event.state]}</strong>
            {event.attempt > 1 && <span className="tag">attempt {event.attempt}</span>}
            <Moment at={event.at} />
          </span>
          <span className="aside">
            {event.cause} <span className="source">({event.source})</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
