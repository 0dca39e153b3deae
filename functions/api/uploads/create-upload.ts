// POST /v1/uploads: a signed PUT to a fresh key, bound to size and type, good once.
import { iso } from "../../../shared/aws/clock.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import { uploadKey } from "../../../shared/aws/upload-key.ts";
import type { ApiOperation } from "../parts.ts";

/** How long the address is good (seconds). */
const uploadSeconds = 3_600;

export const createUpload: ApiOperation<"createUpload"> = async ({ body, caller, parts }) => {
  const now = parts.now();
  const id = ulid(now);
  const signed = await parts.inputs.signedPut(uploadKey(caller.person.id, id), {
    size: body.size,
    type: body.type,
    seconds: uploadSeconds,
  });
  const expiresAt = iso(new Date(now.getTime() + uploadSeconds * 1_000));
  return { body: { id, method: "PUT", url: signed.url, headers: signed.headers, expiresAt } };
};
