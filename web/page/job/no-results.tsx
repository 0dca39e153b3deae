// In place of results that are not here: why, in words.
import type { Job } from "../../../shared/contract/job.ts";
import { noResultsWords } from "./no-results-words.ts";

export function NoResults({ job }: { job: Job }) {
  return <p>{noResultsWords(job)}</p>;
}
