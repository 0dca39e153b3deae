// What an operator sets: the context key "headgate" of cdk.json, checked before anything is made from it.
import * as z from "zod";
import { Slug } from "../../shared/contract/id.ts";

const Cluster = z.strictObject({
  id: Slug,
  /** As people read it. */
  name: z.string().min(1).max(100),
  /** The head node as Systems Manager knows it; IAM allows commands to these only, so they are needed at synthesis. */
  target: z.string().regex(/^(?:i-[0-9a-f]{8,17}|mi-[0-9a-f]{17})$/, "an instance id, i-… or mi-…"),
});

const Configuration = z.strictObject({
  siteName: z.string().min(1).max(100),
  clusters: z.array(Cluster).min(1),
  /** Divides the waiting times of reconcile; 1 in production, more in tests. */
  scale: z.number().min(1).default(1),
  /** Address that mail comes from, of an identity that SES has verified; absent: no mail is sent. */
  mailFrom: z.email().optional(),
  /** Origins to whose pages people may be sent back after submitting. */
  returnOrigins: z
    .array(
      z
        .string()
        .regex(
          /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?$|^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/,
          "an origin such as https://lab.example.org",
        ),
    )
    .max(100)
    .default([]),
  /** First part of the sign-in pages' address; by default headgate-<account>. */
  signInPrefix: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
    .refine((prefix) => !/aws|amazon|cognito/.test(prefix), "a prefix without aws, amazon and cognito")
    .optional(),
});
export type Configuration = z.infer<typeof Configuration>;
export type ClusterConfiguration = Configuration["clusters"][number];

/**
 * Checks the value of the context key "headgate".
 * @throws Error naming each field that is wrong, its value and what is accepted
 */
export function readConfiguration(context: unknown): Configuration {
  const read = Configuration.safeParse(typeof context === "string" ? JSON.parse(context) : context);
  if (!read.success) {
    throw new Error(`context key "headgate" (cdk.json) is not usable:\n${z.prettifyError(read.error)}`);
  }
  for (const key of ["id", "target"] as const) {
    const values = read.data.clusters.map((cluster) => cluster[key]);
    const repeated = values.find((value, at) => values.indexOf(value) !== at);
    if (repeated !== undefined) {
      throw new Error(
        `context key "headgate" (cdk.json): ${key} "${repeated}" stands at two clusters; each has its own`,
      );
    }
  }
  return read.data;
}
