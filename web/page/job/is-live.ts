// Whether a job has not ended. Pure.
import { isFinal, type Job } from "../../../shared/contract/job.ts";

/** It has not ended, so that it can still be cancelled. */
export const isLive = ({ state }: Pick<Job, "state">): boolean => !isFinal(state);
