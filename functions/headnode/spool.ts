// The spool: root's own memory of every group, a folder each. Nobody else may look into it.
import { chmodSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Id, UnixAccount, ulidPattern } from "../../shared/contract/id.ts";
import { Resources } from "../../shared/contract/job.ts";
import { CollectLimits } from "../../shared/headnode/batch.ts";
import { MemberState } from "../../shared/headnode/receipt.ts";
import { readIfThere } from "./durable-file.ts";

/** What is kept of a group from its first arrival: everything but the signed addresses of its inputs. */
export const Plan = z.object({
  group: Id,
  account: UnixAccount,
  uid: z.int().min(0),
  gid: z.int().min(0),
  home: z.string(),
  folder: z.string(),
  resources: Resources,
  limits: CollectLimits,
  /** Whether it is an array; a group of one is a plain job. */
  array: z.boolean(),
  members: z.array(z.object({ index: z.int(), job: Id, attempt: z.int(), progress: z.string().optional() })),
  at: z.iso.datetime(),
});
export type Plan = z.infer<typeof Plan>;

/** How staging came out, fixed before the intent: what lies in the folder, and the members that are holes. */
export const Staged = z.object({
  inputs: z.record(z.string(), z.array(z.object({ name: z.string(), size: z.int(), sha256: z.string() }))),
  missing: z.record(z.string(), z.string()),
});
export type Staged = z.infer<typeof Staged>;

/** A submission that is to be, or is. A later generation follows a job that slurmctld forgot after it had begun. */
export const Intent = z.object({
  name: z.string().regex(/^headgate-[0-9A-Z]{26}-[0-9a-f]{20}$/),
  at: z.iso.datetime(),
  generation: z.int().min(0).max(9_999).default(0),
});
export type Intent = z.infer<typeof Intent>;

/** The Slurm job that a group is; `earlier` are ids that were given up, with why. */
export const Submitted = z.object({
  id: z.string().regex(/^\d{1,12}$/),
  at: z.iso.datetime(),
  earlier: z.array(z.object({ id: z.string(), why: z.enum(["forgotten", "fenced"]) })),
  /** Slurm's words where it forgot the job and then refused what of it had not begun. */
  refused: z.string().optional(),
});
export type Submitted = z.infer<typeof Submitted>;

/** A group that never came to Slurm: what was told of each member. */
export const Refused = z.object({ at: z.iso.datetime(), members: z.array(MemberState) });
export type Refused = z.infer<typeof Refused>;

/** What the cloud was last told of the members. */
export const Told = z.object({ members: z.array(MemberState) });
export type Told = z.infer<typeof Told>;

/** Reads one of a group's files; undefined where it is absent, an error where it is not what we wrote. */
export function readRecord<T>(folder: string, name: string, schema: z.ZodType<T>): T | undefined {
  const text = readIfThere(join(folder, name));
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}

export type Spool = {
  root: string;
  /** The folder of a group that lives, or is to be made. */
  live(group: string): string;
  /** The folder of a group that has nothing more to say. */
  done(group: string): string;
  /** Where a group is now; undefined where it is unknown. */
  find(group: string): { folder: string; finished: boolean } | undefined;
  liveGroups(): string[];
  doneGroups(): string[];
  lock(name: string): string;
  log: string;
};

/** Opens the spool, making what is missing. Throws where it is not ours alone. */
export function openSpool(root: string): Spool {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const found = lstatSync(root);
  if (!found.isDirectory()) throw new Error(`the spool ${root} is not a folder`);
  if (process.getuid !== undefined && found.uid !== process.getuid())
    throw new Error(
      `the spool ${root} belongs to uid ${found.uid}; it must belong to uid ${process.getuid()}, who runs this`,
    );
  if ((found.mode & 0o077) !== 0) chmodSync(root, 0o700);
  const folders = { groups: join(root, "groups"), done: join(root, "done"), locks: join(root, "locks") };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const groupsIn = (folder: string) => readdirSync(folder).filter((name) => ulidPattern.test(name));
  return {
    root,
    live: (group) => join(folders.groups, group),
    done: (group) => join(folders.done, group),
    find(group) {
      if (isFolder(join(folders.groups, group))) return { folder: join(folders.groups, group), finished: false };
      if (isFolder(join(folders.done, group))) return { folder: join(folders.done, group), finished: true };
      return undefined;
    },
    liveGroups: () => groupsIn(folders.groups),
    doneGroups: () => groupsIn(folders.done),
    lock: (name) => join(folders.locks, `${name}.lock`),
    log: join(root, "log"),
  };
}
