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
  /** Most nodes of one job. */
  maxNodes: z.int().optional(),
  /** GPUs of its largest node; absent where the head node cannot tell. */
  gpusPerNode: z.int().optional(),
  /** False where it starts no jobs now. */
  up: z.boolean().optional(),
  /** Slurm accounts and qualities of service that may use it; absent: all. */
  accounts: z.array(z.string()).optional(),
  qos: z.array(z.string()).optional(),
});
export type Partition = z.infer<typeof Partition>;

export const clusterAcceptance = ["always", "unless-silent", "never"] as const;

export const Cluster = z.strictObject({
  id: Slug,
  name: z.string(),
  /** "slurm", or "stand-in" where jobs are local processes of a laptop. */
  kind: z.enum(["slurm", "stand-in"]),
  /** When the head node last gave a sign of life. */
  heardAt: z.iso.datetime().optional(),
  silent: z.boolean(),
  /** Since when it has been asked without an answer; only where silent. */
  silentSince: z.iso.datetime().optional(),
  notice: z.string().optional(),
  /** Whether new jobs are accepted: always (absent), only while it is heard, or never. */
  accept: z.enum(clusterAcceptance).optional(),
  /** Where jobs' folders lie ("{home}/headgate") and for how many days they stay after their results were collected. */
  folders: z.strictObject({ root: z.string(), keepDays: z.number() }).optional(),
  /** As the head node last described them; absent until it did. */
  partitions: z.array(Partition).optional(),
});
export type Cluster = z.infer<typeof Cluster>;

/** The body of PATCH /v1/clusters/{cluster}: what an operator says of it; null removes. */
export const ClusterChange = z.strictObject({
  notice: z.string().min(1).max(1_000).nullable().optional(),
  accept: z.enum(clusterAcceptance).optional(),
});
export type ClusterChange = z.infer<typeof ClusterChange>;

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
  /** Whether this site sends mail. */
  mail: z.boolean(),
  /** Origins to whose pages a person may be sent back after submitting (`?return=`). */
  returnOrigins: z.array(z.string()),
});
export type Site = z.infer<typeof Site>;
