// A job's folder on the cluster, and for how long it stays there.
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { daysWords } from "../clusters/cluster-words.ts";
import { Moment } from "../parts.tsx";
import { Copyable } from "./copyable.tsx";
import { folderIsGone } from "./life-words.ts";

type FolderValueProps = { job: Job; folder: string; cluster: Cluster | undefined };

export function FolderValue({ job, folder, cluster }: FolderValueProps) {
  return (
    <>
      <Copyable text={folder} what="the folder on the cluster" />
      <div className="job-quiet">
        <Kept job={job} cluster={cluster} />
      </div>
    </>
  );
}

/** "kept until …", "removed …", or the cluster's own rule where no day is known yet. */
export function Kept({ job, cluster }: Omit<FolderValueProps, "folder">) {
  const { folderKeptUntil } = job;
  if (folderKeptUntil !== undefined)
    return (
      <>
        {folderIsGone(job, Date.now()) ? "it was kept until" : "kept until"} <Moment at={folderKeptUntil} />
      </>
    );
  if (cluster?.folders) return <>kept for {daysWords(cluster.folders.keepDays)} after the results were collected</>;
  return undefined;
}
