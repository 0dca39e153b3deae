// etc/headnode.json and where everything lies.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { Slug } from "../../shared/contract/id.ts";

const AbsolutePath = z.string().regex(/^\/[^\0\n]*$/, "an absolute path");

const HeadnodeConfig = z.strictObject({
  cluster: Slug,
  kind: z.enum(["slurm", "stand-in"]),
  region: z.string().min(1),
  buckets: z.strictObject({ batches: z.string().min(3), results: z.string().min(3) }),
  spool: AbsolutePath,
  /** Where job folders go; {home} and {account} are replaced. */
  folders: z.string().regex(/^(\/|\{home\})[^\0\n]*$/, "an absolute path, or one that begins with {home}"),
  /** Days after which a job's folder is removed: after its results were collected, or after its end where they could not be. */
  keepDays: z.number().min(0).max(36_500).default(14),
  keepUncollectedDays: z.number().min(0).max(36_500).default(60),
  slurm: z.strictObject({
    bin: AbsolutePath,
    conf: AbsolutePath.optional(),
    jobcomp: AbsolutePath.optional(),
    sacct: z.boolean(),
  }),
  /** "mapped": jobs run as the person's own account, if the allow list has it; "starter": as whoever started us. */
  accounts: z.enum(["mapped", "starter"]),
  watchSeconds: z.number().min(0.1).max(300),
  node: AbsolutePath.optional(),
  /** Waiting times that a test, or an odd cluster, may want otherwise. */
  patience: z
    .strictObject({
      lostHours: z.number().positive().optional(),
      completedGraceSeconds: z.number().min(0).optional(),
      failedGraceSeconds: z.number().min(0).optional(),
      sbatchSeconds: z.number().positive().optional(),
      collectStallSeconds: z.number().positive().optional(),
      collectTries: z.int().min(1).optional(),
      retrySeconds: z.number().positive().optional(),
      stallSeconds: z.number().positive().optional(),
      peekSeconds: z.number().min(0.1).optional(),
      handOverSeconds: z.number().positive().optional(),
      spoolDays: z.number().positive().optional(),
      retentionSeconds: z.number().positive().optional(),
    })
    .default({}),
});
export type HeadnodeConfig = z.infer<typeof HeadnodeConfig>;

export type Settings = HeadnodeConfig & {
  /** HEADGATE_HOME. */
  home: string;
  allow: string;
  /** The bundle that runs, which accounts must be able to read. */
  bundle: string;
};

/** Reads and checks the configuration of the home that a bundle lies in. Throws with the fault in words. */
export function readSettings(bundle: string): Settings {
  const home = dirname(bundle);
  const file = join(home, "etc", "headnode.json");
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  const parsed = HeadnodeConfig.safeParse(text);
  if (!parsed.success) throw new Error(`${file} is not right: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`);
  return { ...parsed.data, home, bundle, allow: join(home, "etc", "allow") };
}
