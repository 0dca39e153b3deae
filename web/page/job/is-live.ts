// Whether a job has not ended. Pure.
import type { Job } from "../../../shared/contract/job.ts";

/** It has not ended, so that it can still be cancelled. */
export const isLive = ({ state }: Pick<Job, "state">): boolean => !["succeeded", "failed", "cancelled"].includes(state);
