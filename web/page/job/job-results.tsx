// What a job brought: the view made for its application where there is one, else its files.
import type { Job } from "../../../shared/contract/job.ts";
import { JobFiles } from "./job-files.tsx";

export function JobResults({ job }: { job: Job }) {
  return <JobFiles job={job} />;
}
