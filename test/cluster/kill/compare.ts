// Headgate's own word against the ledger: what it called succeeded must have begun exactly once, ended, and come back whole.
// Where slurmctld was killed a member may also be told as a node's failure, or as cancelled: Slurm itself cancels what it
// starts under an id that was given out twice.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { collectionPrefix, ManifestFile, ManifestHead } from "../../../shared/headnode/manifest.ts";
import type { Arena } from "./arena.ts";
import { cluster } from "./arena.ts";
import { resultOf } from "./ledger.ts";
import type { Played } from "./play.ts";

type Comparison = { table: Map<string, number>; broken: string[] };

type Manifest = { head: ManifestHead; files: ManifestFile[] };

/** Compares all groups. */
export async function compare(arena: Arena, groups: readonly Played[]): Promise<Comparison> {
  await arena.words.settle();
  arena.ledger.look();
  const table = new Map<string, number>();
  const broken: string[] = [];
  for (const played of groups) {
    const manifests = await manifestsOf(arena, played.group);
    const packs = new Map<string, Buffer>();
    for (let member = 0; member < played.size; member++) {
      const fault = (words: string) => broken.push(`${played.name} ${played.group} member ${member}: ${words}`);
      const { finals, results } = arena.words.of(played.group, member);
      const [state, ...others] = finals;
      const starts = arena.ledger.starts(played.group, member);
      const words =
        state === undefined ? "no final state" : [state.state, state.reason, `by ${state.source}`].join(" ");
      const row = `${played.attacked ? "slurmctld killed" : "ordinary        "}  ${starts === 0 ? "never began" : "began      "}  ${words}`;
      table.set(row, (table.get(row) ?? 0) + 1);
      if (state === undefined) fault("no final state was told");
      if (others.length > 0)
        fault(`told as ${finals.map((one) => `${one.state} ${one.reason ?? ""}`).join(" and as ")}`);
      const naming = manifests.filter(({ head }) => head.members.includes(member));
      if (naming.length !== 1) fault(`${naming.length} manifests name it`);
      if (results.length !== 1) fault(`${results.length} slices told of its results`);
      if (results.some((one) => one.collection !== naming[0]?.head.collection))
        fault("its receipt names another collection than its manifest");
      if (state?.state === "succeeded") {
        if (starts !== 1) fault(`succeeded, but its work began ${starts} times`);
        const end = endRecord(arena, played, member);
        if (end !== 0) fault(`succeeded, but its end record says ${end ?? "nothing"}`);
        const why = await resultFault(arena, played, member, naming[0], packs);
        if (why !== undefined) fault(`succeeded, but ${why}`);
      } else if (!played.attacked) fault(`${words}: ${state?.detail ?? ""}`);
      else if (state !== undefined && state.reason !== "node-failure" && state.state !== "cancelled")
        fault(`began ${starts} times, ended with ${endRecord(arena, played, member)}: ${words}: ${state.detail ?? ""}`);
    }
  }
  return { table, broken };
}

async function manifestsOf(arena: Arena, group: string): Promise<Manifest[]> {
  const keys = arena.s3
    .list(arena.resultsBucket, `results/${cluster}/${group}/`)
    .filter((key) => key.endsWith("/manifest"));
  return Promise.all(
    keys.map(async (key) => {
      const object = await arena.s3.get(arena.resultsBucket, key);
      const [head = "", ...lines] = (object?.body.toString("utf8") ?? "").trimEnd().split("\n");
      const files = lines.flatMap((line) => ManifestFile.safeParse(JSON.parse(line)).data ?? []);
      return { head: ManifestHead.parse(JSON.parse(head)), files };
    }),
  );
}

/** The exit code in the member's end record; undefined where there is none. */
function endRecord(arena: Arena, played: Played, member: number): number | undefined {
  try {
    const file = join(arena.folderOf(played.account, played.group), "records", `${member}.end`);
    const code = readFileSync(file, "utf8").split(" ")[1];
    return code === undefined ? undefined : Number(code);
  } catch {
    return undefined;
  }
}

/** Why the member's result is not what its program wrote; undefined where it is. */
async function resultFault(
  arena: Arena,
  played: Played,
  member: number,
  manifest: Manifest | undefined,
  packs: Map<string, Buffer>,
): Promise<string | undefined> {
  const file = manifest?.files.find((one) => one.member === member && one.path === "result.txt");
  if (manifest === undefined || file === undefined) return "no manifest lists its result.txt";
  const { slice, collection } = manifest.head;
  const key = `${collectionPrefix(cluster, played.group, slice, collection)}${file.pack ?? file.object}`;
  const whole = packs.get(key) ?? (await arena.s3.get(arena.resultsBucket, key))?.body;
  if (whole === undefined) return `${key} is absent`;
  packs.set(key, whole);
  const offset = file.offset ?? 0;
  const bytes = whole.subarray(offset, offset + file.size);
  if (createHash("sha256").update(bytes).digest("hex") !== file.sha256) return "its result has another SHA-256";
  return bytes.toString("utf8") === resultOf(played.group, member, 1) ? undefined : "its result is another's";
}
