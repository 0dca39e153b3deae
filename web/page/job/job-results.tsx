// What a job brought: the view made for its application where there is one, else its files.
import type { Job } from "../../../shared/contract/job.ts";
import { BumpsResults, hasResultsView } from "../viewers/bumps-results.tsx";
import { JobFiles } from "./job-files.tsx";
import { useFiles } from "./use-files.ts";

export function JobResults({ job }: { job: Job }) {
  const { files } = useFiles(job);
  return hasResultsView(job, files) ? <BumpsResults job={job} files={files} /> : <JobFiles job={job} />;
}
