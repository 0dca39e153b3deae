// What a job brought: the view made for its application where there is one, else its files.
import type { Job } from "../../../shared/contract/job.ts";
import { Fault, Loading } from "../parts.tsx";
import { BumpsResults, hasResultsView } from "../viewers/bumps-results.tsx";
import { JobFiles } from "./job-files.tsx";
import { NoResults } from "./no-results.tsx";
import { useFiles } from "./use-files.ts";

export function JobResults({ job }: { job: Job }) {
  const { files, loading, error } = useFiles(job);
  if (job.results.state !== "available") return <NoResults job={job} />;
  if (loading) return <Loading />;
  if (files.length === 0 && error !== undefined) return <Fault error={error} what="The results cannot be listed" />;
  if (hasResultsView(job, [...files])) return <BumpsResults job={job} files={[...files]} />;
  return <JobFiles job={job} />;
}
