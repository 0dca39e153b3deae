// Inputs of deleted jobs: removed, but those that another job of the same person still names.

import { ulidTime } from "../../shared/aws/ulid.ts";
import { uploadKey } from "../../shared/aws/upload-key.ts";
import type { JobRecord } from "../../shared/job/job-record.ts";
import type { EraseParts } from "./parts.ts";

const pageSize = 500;

/** Removes the uploads of one person's deleted jobs that no living job of the person names. */
export async function eraseUploads(person: string, deleted: readonly JobRecord[], parts: EraseParts): Promise<void> {
  const unnamed = new Set(deleted.flatMap(({ inputs }) => inputs.map(({ upload }) => upload)));
  if (unnamed.size === 0) return;
  // No job that names an upload was last changed before the upload was made.
  const oldest = [...unnamed].sort()[0] ?? "";
  const since = new Date(ulidTime(oldest)).toISOString();
  let cursor: string | undefined;
  do {
    const page = await parts.jobs.ofPerson(person, pageSize, cursor, since);
    for (const { inputs } of page.jobs) for (const { upload } of inputs) unnamed.delete(upload);
    cursor = page.cursor;
  } while (cursor !== undefined && unnamed.size > 0);
  await parts.uploads.remove([...unnamed].map((upload) => uploadKey(person, upload)));
}
