// A job that cannot be sent ends here, with its reason; it never stops the others.
import { iso } from "../../shared/aws/clock.ts";
import { GatewayError } from "../../shared/contract/problem.ts";
import { move } from "../../shared/job/move.ts";
import { log } from "../edge/log.ts";
import type { DispatchParts } from "./parts.ts";

/** Moves a job that is still submitted to failed (rejected), in these words. */
export async function refuse(
  id: string,
  detail: string,
  { jobs, now }: Pick<DispatchParts, "jobs" | "now">,
): Promise<void> {
  log({ level: "warn", message: "a job was refused", job: id });
  const at = iso(now());
  await jobs.change(id, (job) =>
    job.state === "submitted"
      ? move(job, {
          attempt: job.attempt,
          state: "failed",
          reason: "rejected",
          detail: detail.slice(0, 2_000),
          source: "dispatch",
          at,
        })
      : undefined,
  );
}

/** What a person is told of an error: a refusal in its own words, anything else in general ones. */
export const refusalWords = (error: unknown): string =>
  error instanceof GatewayError ? error.message : "the job can no longer be made into a script";
