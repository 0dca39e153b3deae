// Where a job is known by which name, and when it was where.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import type { Job } from "../../../shared/contract/job.ts";
import { PageLink } from "../page-link.tsx";
import { Moment, StateBadge } from "../parts.tsx";
import { resultsWords, spanWords } from "../words.ts";
import { isLive } from "./is-live.ts";
import { WithCode } from "./with-code.tsx";

export function JobDetails({ job, clusterName }: { job: Job; clusterName: string }) {
  const { startedAt, endedAt, rerunOf } = job;
  const items: (KeyValuePairsProps.Pair | false | undefined)[] = [
    { label: "Job id", value: <Copyable text={job.id} what="the job's id" /> },
    { label: "State", value: <StateBadge state={job.state} /> },
    { label: "Attempt", value: job.attempt },
    job.exitCode !== undefined && { label: "Exit code", value: job.exitCode },
    job.signal !== undefined && { label: "Signal", value: job.signal },
    { label: "Application", value: `${job.application}, version ${job.version}` },
    { label: "Cluster", value: clusterName === job.cluster ? clusterName : `${clusterName} (${job.cluster})` },
    { label: "Unix account", value: <Copyable text={job.account} what="the Unix account" /> },
    job.slurmId !== undefined && { label: "Slurm id", value: <Copyable text={job.slurmId} what="the Slurm id" /> },
    job.folder !== undefined && {
      label: "Folder on the cluster",
      value: <Copyable text={job.folder} what="the folder on the cluster" />,
    },
    { label: "Results", value: resultsWords(job.results) },
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

function Copyable({ text, what, bare }: { text: string; what: string; bare?: boolean }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={bare ? "" : <code className="job-path">{text}</code>}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="The browser does not let it be copied"
    />
  );
}
