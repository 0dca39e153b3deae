// The judge of the kill test: a program of its own that sees only Slurm's record and the ledger that the members append to.
//
//   node judge.ts PLAN JOBCOMP LEDGER
//
// PLAN: JSON [{ "group": "…", "members": n, "attacked": true where slurmctld was killed while it began }]. JOBCOMP: the file of Slurm's jobcomp/filetxt, its record of every end.
// LEDGER: one line "GROUP MEMBER ATTEMPT SLURM-JOB" per begin of work. Exit status 1 where a law is broken:
//   work of a (member, attempt) begins at most once, whatever happens;
//   no member is missing; only where slurmctld was killed Slurm itself may have ended one before its first line (its record
//   says so: it cancels a job whose id it gave out twice, and a start that it killed has left its claim);
//   no member has more COMPLETED records than begins: a start that was fenced is no success.
import { readFileSync } from "node:fs";

type Plan = { group: string; members: number; attacked: boolean }[];
type Ended = { group: string; member: number; job: string; submitted: string; state: string; exitCode: string };

const [planFile = "", jobcompFile = "", ledgerFile = ""] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, "utf8")) as Plan;
const known = new Map(plan.map((one) => [one.group, one.members]));

/** One line of jobcomp/filetxt; names hold the group's ULID. Values of these fields hold no space. */
function parseEnded(line: string): Ended | undefined {
  const value = (key: string) => new RegExp(`(?:^| )${key}=([^ ]*)`).exec(line)?.[1] ?? "";
  const group = /[0-9A-HJKMNP-TV-Z]{26}/.exec(value("Name"))?.[0];
  if (group === undefined || !known.has(group) || value("JobState") === "PENDING") return undefined;
  const array = value("ArrayTaskId");
  return {
    group,
    member: /^\d+$/.test(array) ? Number(array) : 0,
    job: /^\d+$/.test(value("ArrayJobId")) && value("ArrayJobId") !== "0" ? value("ArrayJobId") : value("JobId"),
    submitted: value("SubmitTime"),
    state: value("JobState"),
    exitCode: value("ExitCode"),
  };
}

function count<T>(items: Iterable<T>): string {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([item, times]) => `${item}: ${times}`).join(", ") || "none";
}

const ended = readFileSync(jobcompFile, "utf8")
  .split("\n")
  .flatMap((line) => parseEnded(line) ?? []);
const begun = new Map<string, string[]>();
for (const line of readFileSync(ledgerFile, "utf8").split("\n")) {
  const [group = "", member = "", attempt = "", job = ""] = line.split(" ");
  if (!known.has(group)) continue;
  const key = `${group} ${member} ${attempt}`;
  begun.set(key, [...(begun.get(key) ?? []), job]);
}

const jobsOf = new Map(plan.map((one) => [one.group, new Set<string>()]));
const completedOf = new Map<string, number>();
const fenced: Ended[] = [];
const endedOtherwise = new Map<string, Set<string>>();
for (const one of ended) {
  jobsOf.get(one.group)?.add(`${one.job} ${one.submitted}`);
  if (one.exitCode.startsWith("113:")) fenced.push(one);
  const who = `${one.group} ${one.member}`;
  if (one.state !== "COMPLETED")
    endedOtherwise.set(who, (endedOtherwise.get(who) ?? new Set()).add(`${one.state} ${one.exitCode}`));
  else completedOf.set(`${one.group} ${one.member}`, (completedOf.get(`${one.group} ${one.member}`) ?? 0) + 1);
}

const broken: string[] = [];
let members = 0;
const runs: number[] = [];
const neverBegan: string[] = [];
for (const { group, members: size, attacked } of plan)
  for (let member = 0; member < size; member += 1) {
    members += 1;
    const starts = begun.get(`${group} ${member} 1`)?.length ?? 0;
    runs.push(starts);
    const otherwise = attacked ? endedOtherwise.get(`${group} ${member}`) : undefined;
    if (starts === 0 && otherwise !== undefined) neverBegan.push([...otherwise].sort().join(" and "));
    else if (starts === 0) broken.push(`missing: member ${member} of ${group} never began`);
    if (starts > 1) broken.push(`twice: member ${member} of ${group} began ${starts} times`);
    const completed = completedOf.get(`${group} ${member}`) ?? 0;
    if (completed > starts)
      broken.push(
        `a fenced start counted: member ${member} of ${group} is COMPLETED ${completed} times and began ${starts} times`,
      );
  }

console.log(`groups                ${plan.length} (sizes ${count(plan.map((one) => one.members))})`);
console.log(`members               ${members}`);
console.log(`Slurm jobs per group  ${count([...jobsOf.values()].map((jobs) => jobs.size))}`);
console.log(`fenced starts         ${fenced.length} in ${new Set(fenced.map((one) => one.group)).size} groups`);
console.log(`runs per member       ${count(runs)}`);
console.log(`ended by Slurm before they began, slurmctld having been killed: ${count(neverBegan)}`);
console.log(`laws broken           ${broken.length}`);
for (const line of broken.slice(0, 20)) console.log(`  ${line}`);
process.exitCode = broken.length > 0 ? 1 : 0;
