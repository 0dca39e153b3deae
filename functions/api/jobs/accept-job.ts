// A new job: first the idempotency key, then the job, then the message; a repeat rolls forward from where it stopped.
import { createHash } from "node:crypto";
import { ulid } from "../../../shared/aws/ulid.ts";
import { GatewayError, shortened } from "../../../shared/contract/problem.ts";
import { canonicalJson } from "../../../shared/job/groups.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import type { Caller } from "../../edge/operation.ts";
import type { ApiParts } from "../parts.ts";
import type { JobDraft } from "./prepare-job.ts";

type Wish = {
  /** The Idempotency-Key, where one was sent. */
  key: string | undefined;
  /** All that was asked for: the same again under the same key gives the same job. */
  request: unknown;
  /** Makes the job; asked only where the key has none yet. */
  draft: () => Promise<JobDraft>;
};

/** Throws `idempotency-key-reused` for another request under the key, `conflict` where the key's job was deleted. */
export async function acceptJob({ key, request, draft }: Wish, caller: Caller, parts: ApiParts): Promise<JobRecord> {
  const hash = createHash("sha256").update(canonicalJson(request)).digest("hex");
  const person = caller.person.id;

  const earlier = key === undefined ? undefined : await parts.keys.get(person, key);
  if (earlier) refuseOtherRequest(earlier.hash, hash, key);
  const there = earlier && (await parts.jobs.get(earlier.job));
  if (there) return await askAgain(there, parts);

  // Everything is checked before anything is written: a refused submission leaves nothing behind.
  const made = await draft();
  const proposed = { hash, job: ulid(parts.now()) };
  const counts = key === undefined ? proposed : await parts.keys.remember(person, key, proposed);
  refuseOtherRequest(counts.hash, hash, key);

  const job: JobRecord = { ...made, id: counts.job };
  const first = await parts.jobs.create(job);
  return await askAgain(first ? job : ((await parts.jobs.get(job.id)) ?? job), parts);
}

/** Asks for a dispatch while none has taken the job; one asking too many does no harm. */
async function askAgain(job: JobRecord, parts: ApiParts): Promise<JobRecord> {
  if (job.deletedAt !== undefined)
    throw new GatewayError("conflict", "the job of this Idempotency-Key was deleted; accepted is another key");
  if (job.state === "submitted" && job.group === undefined)
    await parts.dispatch.ask({ cluster: job.cluster, job: job.id });
  return job;
}

function refuseOtherRequest(earlier: string, now: string, key: string | undefined): void {
  if (earlier === now) return;
  throw new GatewayError(
    "idempotency-key-reused",
    "this Idempotency-Key was sent with another body; accepted is the same body, or another key",
    {
      issues: [
        {
          field: "idempotency-key",
          value: shortened(key) ?? "",
          accepted: "a key that was not used with another body",
        },
      ],
    },
  );
}
