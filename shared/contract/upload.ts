// Uploads: a signed PUT to a fresh key, once.
import * as z from "zod";
import { FileName, Id } from "./id.ts";

/** The largest single upload, in bytes: S3's bound for one PUT. */
export const maxUploadBytes = 5 * 1024 ** 3;

export const UploadRequest = z.strictObject({
  /** The file's own name, for people; the job names it again. */
  name: FileName,
  size: z.int().min(0).max(maxUploadBytes),
  type: z
    .string()
    .regex(/^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/, "a media type such as text/plain")
    .default("application/octet-stream"),
});
export type UploadRequest = z.infer<typeof UploadRequest>;

/** Where to PUT the bytes, with exactly these headers; a second use answers 412. */
export const Upload = z.strictObject({
  id: Id,
  method: z.literal("PUT"),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresAt: z.iso.datetime(),
});
export type Upload = z.infer<typeof Upload>;
