// What can be run, and where: applications, clusters, the site itself.
import * as z from "zod";
import { Slug } from "./id.ts";
import { Resources } from "./job.ts";

export const Application = z.strictObject({
  id: Slug,
  version: z.string(),
  title: z.string(),
  description: z.string(),
  /** JSON Schema (2020-12) of `parameters`. */
  parameters: z.record(z.string(), z.unknown()),
  defaults: Resources,
  /** Results beyond these stay on the cluster. */
  limits: z.strictObject({ bytes: z.int(), files: z.int() }),
});
export type Application = z.infer<typeof Application>;

export const Partition = z.strictObject({
  name: z.string(),
  default: z.boolean(),
  maxMinutes: z.int().optional(),
  nodes: z.int(),
  cpusPerNode: z.int(),
  memoryMbPerNode: z.int(),
});
export type Partition = z.infer<typeof Partition>;

export const Cluster = z.strictObject({
  id: Slug,
  name: z.string(),
  /** "slurm", or "stand-in" where jobs are local processes of a laptop. */
  kind: z.enum(["slurm", "stand-in"]),
  /** When the head node last gave a sign of life. */
  heardAt: z.iso.datetime().optional(),
  silent: z.boolean(),
  notice: z.string().optional(),
  /** As the head node last described them; absent until it did. */
  partitions: z.array(Partition).optional(),
});
export type Cluster = z.infer<typeof Cluster>;

/** What a page needs to know before anybody has signed in. */
export const Site = z.strictObject({
  name: z.string(),
  version: z.string(),
  region: z.string(),
  issuer: z.string(),
  /** Where Cognito answers USER_PASSWORD_AUTH. */
  cognito: z.string(),
  /** Where the page sends people to sign in (code + PKCE). */
  signIn: z.string(),
  clientId: z.string(),
  cliClientId: z.string(),
});
export type Site = z.infer<typeof Site>;
