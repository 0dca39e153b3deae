// Where a job is known by which name, and when it was where.
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { PageLink } from "../page-link.tsx";
import { Moment, StateBadge } from "../parts.tsx";
import { resultsWords, spanWords } from "../words.ts";
import { Copyable } from "./copyable.tsx";
import { FolderValue } from "./folder-value.tsx";
import { isLive } from "./is-live.ts";
import { mailSentence, retryWords, sweepWords } from "./life-words.ts";
import { WithCode } from "./with-code.tsx";

type JobDetailsProps = { job: Job; cluster: Cluster | undefined };

export function JobDetails({ job, cluster }: JobDetailsProps) {
  const { startedAt, endedAt, rerunOf, sweep } = job;
  const items: (KeyValuePairsProps.Pair | false | undefined)[] = [
    { label: "Job id", value: <Copyable text={job.id} what="the job's id" /> },
    { label: "State", value: <StateBadge state={job.state} /> },
    { label: "Attempt", value: job.attempt },
    job.exitCode !== undefined && { label: "Exit code", value: job.exitCode },
    job.signal !== undefined && { label: "Signal", value: job.signal },
    { label: "Application", value: `${job.application}, version ${job.version}` },
    {
      label: "Cluster",
      value: !cluster || cluster.name === job.cluster ? job.cluster : `${cluster.name} (${job.cluster})`,
    },
    { label: "Unix account", value: <Copyable text={job.account} what="the Unix account" /> },
    job.slurmId !== undefined && { label: "Slurm id", value: <Copyable text={job.slurmId} what="the Slurm id" /> },
    job.folder !== undefined && {
      label: "Folder on the cluster",
      value: <FolderValue job={job} folder={job.folder} cluster={cluster} />,
    },
    { label: "Results", value: resultsWords(job.results) },
    { label: "Tried again by itself", value: retryWords(job.retry) },
    job.mail !== undefined && { label: "Mail", value: mailSentence(job.mail) },
    sweep !== undefined && {
      label: "Sweep",
      value: (
        <>
          {sweepWords(sweep)}: <Copyable text={sweep.id} what="the sweep's id" />
        </>
      ),
    },
    rerunOf !== undefined && {
      label: "Run again from",
      value: (
        <>
          <PageLink href={`/jobs/${rerunOf}`}>{rerunOf}</PageLink>{" "}
          <Copyable text={rerunOf} what="the earlier job's id" bare />
        </>
      ),
    },
    job.projectId !== undefined && {
      label: "Project",
      value: <Copyable text={job.projectId} what="the project's id" />,
    },
    { label: "Submitted", value: <Moment at={job.createdAt} /> },
    startedAt !== undefined && { label: "Started", value: <Moment at={startedAt} /> },
    endedAt !== undefined && {
      label: "Ended",
      value: (
        <>
          <Moment at={endedAt} />
          {startedAt !== undefined && ` after ${spanWords(Date.parse(endedAt) - Date.parse(startedAt))}`}
        </>
      ),
    },
    job.cancelRequestedAt !== undefined && { label: "Cancel asked for", value: <Moment at={job.cancelRequestedAt} /> },
    { label: "Last change", value: <Moment at={job.changedAt} /> },
  ];
  return (
    <WithCode
      requests={[
        { method: "GET", path: `/v1/jobs/${job.id}` },
        isLive(job)
          ? { method: "POST", path: `/v1/jobs/${job.id}/cancel` }
          : { method: "POST", path: `/v1/jobs/${job.id}/rerun`, body: {}, idempotent: true },
      ]}
    >
      <KeyValuePairs
        columns={3}
        ariaLabel="Details of the job"
        items={items.filter((item) => item !== false && item !== undefined)}
      />
    </WithCode>
  );
}
