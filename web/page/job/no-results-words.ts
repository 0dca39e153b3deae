// Why results are not here, in words. Pure.
import type { Job } from "../../../shared/contract/job.ts";
import { isLive } from "./is-live.ts";

/** Undefined where the results are here. */
export function noResultsWords(job: Pick<Job, "state" | "results" | "folder">): string | undefined {
  switch (job.results.state) {
    case "available":
      return undefined;
    case "pending":
      return isLive(job) && job.state !== "collecting"
        ? "They come when the job has ended. Files of a failed job come too."
        : "They are being brought here from the cluster.";
    case "withheld":
      return `They were left on the cluster${job.folder ? ` in ${job.folder}` : ""}, since they are over the limit: ${job.results.reason ?? "too much"}.`;
    case "unavailable":
      return `There are none here: ${job.results.reason ?? "they could not be collected"}.`;
  }
}
