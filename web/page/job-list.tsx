// One's own jobs, the latest changed first.
import { useState } from "react";
import { Link } from "wouter";
import type { Job } from "../../shared/contract/job.ts";
import { isSettled, pollDelay } from "../client/follow.ts";
import { FirstJob } from "./first-job.tsx";
import { useGateway } from "./gateway.ts";
import { ClusterNotices, Fault, Moment, StateBadge, useTitle } from "./parts.tsx";
import { usePolled } from "./use-polled.ts";
import { jobTitle, resultsWords } from "./words.ts";

type Page = { jobs: Job[]; cursor?: string | undefined };

/** How often to look for jobs that were sent from elsewhere (ms). */
const idleDelay = 20_000;

export function JobList() {
  const { client, clusters, site, onSignedOut } = useGateway();
  const first = usePolled<Page>("jobs", () => client.jobs({ limit: 50 }), listDelay, onSignedOut);
  const [older, setOlder] = useState<Page>();
  const [failed, setFailed] = useState<unknown>();
  useTitle("Jobs", site.name);

  const cursor = older ? older.cursor : first.value?.cursor;
  async function more() {
    try {
      const next = await client.jobs({ limit: 50, cursor });
      setOlder((old) => ({ jobs: [...(old?.jobs ?? []), ...next.jobs], cursor: next.cursor }));
      setFailed(undefined);
    } catch (error) {
      setFailed(error);
    }
  }

  const jobs = [
    ...new Map([...(older?.jobs ?? []), ...(first.value?.jobs ?? [])].map((job) => [job.id, job])).values(),
  ];
  jobs.sort((a, b) => b.changedAt.localeCompare(a.changedAt));
  return (
    <>
      <h1>Jobs</h1>
      <ClusterNotices clusters={clusters} />
      {first.error !== undefined && <Fault error={first.error} what="The jobs cannot be read" />}
      {!first.value && first.error === undefined && <p className="loading">Loading …</p>}
      {first.value && jobs.length === 0 && <FirstJob />}
      {jobs.length > 0 && <JobTable jobs={jobs} />}
      {failed !== undefined && <Fault error={failed} what="Older jobs cannot be read" />}
      {cursor !== undefined && (
        <p>
          <button type="button" onClick={() => void more()}>
            Show older jobs
          </button>
        </p>
      )}
    </>
  );
}

function JobTable({ jobs }: { jobs: readonly Job[] }) {
  return (
    <table className="jobs">
      <caption className="hidden">Your jobs, the latest changed first</caption>
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col" className="wide">
            Application
          </th>
          <th scope="col">State</th>
          <th scope="col" className="wide">
            Changed
          </th>
          <th scope="col" className="number wide">
            Results
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <th scope="row">
              <Link href={`/jobs/${job.id}`}>
                <bdi>{jobTitle(job)}</bdi>
              </Link>
              <span className="below narrow">
                {job.application} · <Moment at={job.changedAt} />
                {job.results.state !== "pending" && ` · ${resultsWords(job.results)}`}
              </span>
            </th>
            <td className="wide">{job.application}</td>
            <td>
              <StateBadge state={job.state} />
            </td>
            <td className="wide">
              <Moment at={job.changedAt} />
            </td>
            <td className="number wide">{resultsWords(job.results)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function listDelay({ jobs }: Page): number {
  const moving = jobs.filter((job) => !isSettled(job));
  return Math.min(idleDelay, ...moving.map((job) => pollDelay(job, Date.now())));
}
