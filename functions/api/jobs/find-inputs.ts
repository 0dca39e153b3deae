// The inputs of a submission: their names do not clash, and each was uploaded by the same person.
import type { Objects } from "../../../shared/aws/objects.ts";
import { uploadKey } from "../../../shared/aws/upload-key.ts";
import { clashingNames } from "../../../shared/contract/input-names.ts";
import { GatewayError, type Issue, shortened } from "../../../shared/contract/problem.ts";
import { inTurns } from "../../../shared/job/in-turns.ts";
import type { JobInput } from "../../../shared/job/job-record.ts";

type Wanted = { upload: string; name: string };

/** All inputs of one job together (bytes). */
const maxTotalBytes = 50_000_000_000;
const headsAtOnce = 16;

/** Throws `invalid-request` where two inputs have one name, or one's name is a folder of another's. */
export function checkInputNames(wanted: readonly Wanted[]): void {
  const issues = clashingNames(wanted.map(({ name }) => name));
  if (issues.length > 0) {
    throw new GatewayError(
      "invalid-request",
      `${issues[0]?.field} is ${issues[0]?.value}; accepted is ${issues[0]?.accepted}`,
      { issues },
    );
  }
}

/** Looks at each upload: its size, and the ETag that the job is bound to. Throws `input-missing` or `input-too-large`. */
export async function findInputs(
  wanted: readonly Wanted[],
  person: string,
  bucket: Pick<Objects, "head">,
): Promise<JobInput[]> {
  const heads = await inTurns(wanted, headsAtOnce, ({ upload }) => bucket.head(uploadKey(person, upload)));
  const found: JobInput[] = [];
  const issues: Issue[] = [];
  for (const [place, { upload, name }] of wanted.entries()) {
    const head = heads[place];
    if (head) found.push({ name, size: head.size, etag: head.etag, upload });
    else
      issues.push({
        field: `inputs.${place}.upload`,
        value: shortened(upload) ?? "",
        accepted: "the id of an upload of yours whose bytes were sent in the last 30 days",
      });
  }
  if (issues.length > 0) {
    throw new GatewayError(
      "input-missing",
      `${issues[0]?.field} was not uploaded, or more than 30 days ago: PUT its bytes to the address that POST /v1/uploads gave`,
      { issues },
    );
  }
  const total = found.reduce((sum, input) => sum + input.size, 0);
  if (total > maxTotalBytes) {
    const accepted = `inputs of together at most ${maxTotalBytes} bytes`;
    throw new GatewayError("input-too-large", `the inputs have ${total} bytes; accepted are ${accepted}`, {
      issues: [{ field: "inputs", value: `${total}`, accepted }],
    });
  }
  return found;
}
