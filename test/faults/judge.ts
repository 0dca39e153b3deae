// The judge of a campaign: a program of its own that sees Slurm's record, the ledger, S3 and the API, and nothing else.
//
//   node judge.ts CASE.json
//
// Exit status 1 where one of the five laws is broken: no job lost, no work of a (member, attempt) begun twice, exactly one
// attempt of each job counts, every final state is the one that happened, results are what their manifest and the job say.
import { readFileSync } from "node:fs";
import type { Job } from "../../shared/contract/job.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import { ApiRecord } from "./api-record.ts";
import type { Case } from "./case.ts";
import { readLedger, type Written } from "./ledger-record.ts";
import { type ObjectRecord, readObjects } from "./object-record.ts";
import { isFenced, memberKey, SlurmRecord } from "./slurm-record.ts";
import type { Asked } from "./submit.ts";
import { faultOf, type ToldEnd } from "./verdict.ts";
import { outputOf } from "./work.ts";

const laws = [
  "jobs lost",
  "(member, attempt)s whose work began twice",
  "members with more or fewer than one attempt that counts",
  "wrong final states",
  "results that do not match their manifest",
] as const;
type Law = (typeof laws)[number];

const given = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Case;
const slurm = new SlurmRecord(given.jobcomp);
const ledger = readLedger(given.ledger);
const objects = await readObjects(given);
const apis = new Map(Object.entries(given.tokens).map(([person, token]) => [person, new ApiRecord(given.api, token)]));

/** After a restart slurmctld may still cancel what it starts under an id that it gave out twice. */
const forgetfulMs = 30_000;

/** By job, so that each counts once under a law. */
const broken = new Map<Law, Map<string, string>>(laws.map((law) => [law, new Map()]));
const ends = new Map<string, number>();
let retries = 0;
let byItself = 0;
const count = (key: string) => ends.set(key, (ends.get(key) ?? 0) + 1);

await inTurns(given.asked, 12, judgeOne);
await findStrangers();
print();
process.exitCode = [...broken.values()].some((jobs) => jobs.size > 0) ? 1 : 0;

async function judgeOne(one: Asked): Promise<void> {
  const name = `${one.job ?? `number ${one.n}`} (${one.person})`;
  const breaks = (law: Law, words: string) => void broken.get(law)?.set(name, words);
  const begun = ledger.byNumber.get(one.n) ?? new Map<string, Written>();
  for (const [member, { begins }] of begun)
    if (begins > 1) breaks("(member, attempt)s whose work began twice", `${member} began ${begins} times`);

  const api = apis.get(one.person);
  const job = one.job === undefined ? undefined : await api?.job(one.job);
  if (job === undefined || api === undefined) {
    breaks("jobs lost", one.job === undefined ? `never accepted: ${one.refused}` : "the API does not know it");
    return;
  }
  if (!["succeeded", "failed", "cancelled"].includes(job.state) || job.reason === "lost") {
    breaks("jobs lost", `it is ${job.state} ${job.reason ?? ""} in attempt ${job.attempt}: ${job.detail ?? ""}`);
    return;
  }
  retries += job.attempt - 1;
  const attempts = attemptsOf(job, objects);
  count(`${job.state}${job.reason === undefined ? "" : ` (${job.reason})`}${job.attempt > 1 ? " after a retry" : ""}`);

  // exactly one attempt counts: the present one, of one group, in one manifest; all work is some attempt's
  const counting = "members with more or fewer than one attempt that counts";
  for (const member of begun.keys())
    if (!attempts.some((attempt) => attempt.member === member))
      breaks(counting, `work of ${member} began, which is no attempt that the API or a receipt knows`);
  for (let attempt = 1; attempt <= job.attempt; attempt++) {
    const members = new Set(attempts.filter((each) => each.attempt === attempt && each.member).map((e) => e.member));
    if (members.size > 1) breaks(counting, `attempt ${attempt} is ${members.size} members: ${[...members].join(", ")}`);
  }
  const present = attempts.findLast(({ attempt, member }) => attempt === job.attempt && member !== undefined)?.member;
  const manifests = present === undefined ? [] : (objects.manifests.get(present) ?? []);
  if (manifests.length > 1) breaks(counting, `${manifests.length} manifests name ${present}`);
  if (manifests.length === 0 && (present === undefined ? 0 : (begun.get(present)?.begins ?? 0)) > 0)
    breaks(counting, `no manifest names ${present}, whose work began`);

  for (const { attempt, member, told } of attempts) {
    if (told === undefined) continue;
    const fault = faultOf(told, evidenceOf(one, job, member, begun));
    if (fault !== undefined) breaks("wrong final states", `attempt ${attempt} (${member}): ${fault}`);
    else if (told.state === "succeeded" && slurm.of(member).every(({ state }) => state !== "COMPLETED")) byItself += 1;
    const done = told.state === "succeeded" || told.reason === "exit-code";
    if (attempt < job.attempt && done) breaks(counting, `attempt ${attempt} came to its end and was tried again`);
  }

  const fault = await resultsFault(one, job, api, manifests[0]?.files);
  if (fault !== undefined) breaks("results that do not match their manifest", fault);
}

type Attempt = { attempt: number; member: string | undefined; told: ToldEnd | undefined };

/** Attempts by what the API and the receipts say of them. */
function attemptsOf(job: Job, { collected }: ObjectRecord): Attempt[] {
  const told: Attempt[] = [
    ...(job.attempts ?? []).map((past) => ({
      attempt: past.attempt,
      member: memberOf(past.folder),
      told: { state: "failed", ...past },
    })),
    { attempt: job.attempt, member: memberOf(job.folder), told: job },
  ];
  const found = [...told];
  for (const { attempt, group, index } of collected.get(job.id) ?? []) {
    const member = memberKey(group, index);
    const known = found.find((one) => one.attempt === attempt && (one.member ?? member) === member);
    if (known) known.member = member;
    else found.push({ attempt, member, told: undefined });
  }
  return found;
}

/** "GROUP INDEX" of a job's folder. */
function memberOf(folder: string | undefined): string | undefined {
  const [, group, index] = /\/([0-9A-HJKMNP-TV-Z]{26})\/members\/(\d+)$/.exec(folder ?? "") ?? [];
  return group === undefined ? undefined : memberKey(group, Number(index));
}

function evidenceOf(one: Asked, job: Job, member: string | undefined, begun: ReadonlyMap<string, Written>) {
  return {
    record: slurm.of(member),
    written: begun.get(member ?? "") ?? { begins: 0, ends: 0 },
    exit: one.exit,
    forgettable: given.outages.some(
      ({ what, from, to }) =>
        what === "slurmctld" && from < Date.parse(job.changedAt) && to + forgetfulMs > Date.parse(job.createdAt),
    ),
  };
}

/** Why a job's results are not what they are to be; undefined where they are. */
async function resultsFault(
  one: Asked,
  job: Job,
  api: ApiRecord,
  manifest: readonly { path: string; size: number; sha256: string }[] | undefined,
): Promise<string | undefined> {
  if (job.results.state !== "available") {
    const never = job.state === "cancelled" && job.startedAt === undefined;
    return never ? undefined : `its results are ${job.results.state}: ${job.results.reason ?? ""}`;
  }
  const found = await api.files(job.id);
  const bad = found.find(({ fault }) => fault !== undefined);
  if (bad !== undefined) return `${bad.file.path} ${bad.fault}`;
  const line = ({ path, size, sha256 }: { path: string; size: number; sha256: string }) => `${path} ${size} ${sha256}`;
  const listed = found.map(({ file }) => line(file)).sort();
  const named = (manifest ?? []).map(line).sort();
  if (listed.join("\n") !== named.join("\n"))
    return `the API lists ${listed.length} files, the manifest in S3 ${named.length}, and they are not the same`;
  if (job.results.files !== listed.length) return `${job.results.files} files are told of, ${listed.length} listed`;
  if (job.state !== "succeeded" && job.reason !== "exit-code") return undefined;
  const wanted = outputOf(one);
  for (const [path, text] of wanted) {
    const had = found.find(({ file }) => file.path === path);
    if (had === undefined) return `${path} is missing`;
    if (ownText(had.text) !== text) return `${path} holds ${JSON.stringify(had.text.slice(0, 80))}`;
  }
  const extra = found.find(({ file }) => !wanted.has(file.path));
  return extra === undefined ? undefined : `${extra.file.path} was never made by the job`;
}

/** Without the lines that Slurm itself writes into a job's error output as it ends a second start of it. */
function ownText(text: string): string {
  return text.replaceAll(/^slurmstepd[^:\n]*: error: .*\n/gm, "");
}

/** Jobs that nobody asked for, or that one asking made twice. */
async function findStrangers(): Promise<void> {
  const known = new Set(given.asked.flatMap(({ job }) => job ?? []));
  for (const [person, api] of apis)
    for (const id of await api.all())
      if (!known.has(id))
        broken
          .get("(member, attempt)s whose work began twice")
          ?.set(id, `${person} has a job that no key answered with`);
  for (const line of ledger.strange.slice(0, 5))
    broken.get("(member, attempt)s whose work began twice")?.set(line, "a line of the ledger that is no job's");
}

function print(): void {
  const fenced = slurm.all().filter(isFenced).length;
  const width = 66;
  const row = (words: string, value: number | string) =>
    console.log(`${words.padEnd(width)} ${String(value).padStart(7)}`);
  console.log(`\nfaults injected (seed ${given.seed})`);
  for (const [fault, times] of Object.entries(given.injected)) row(`  ${fault}`, times);
  console.log("\njobs");
  row("  submitted", given.asked.length);
  for (const [end, times] of [...ends].sort()) row(`  ${end}`, times);
  console.log("\nlaws");
  for (const law of laws) row(`  ${law}`, broken.get(law)?.size ?? 0);
  console.log("\nbeside them");
  row("  fenced extras (starts that found their work claimed)", fenced);
  row("  automatic retries", retries);
  row("  successes of which slurmctld forgot the end", byItself);
  for (const law of laws) {
    const jobs = [...(broken.get(law) ?? [])];
    if (jobs.length > 0) console.log(`\n${law}: ${jobs.length}`);
    for (const [job, words] of jobs.slice(0, 15)) console.log(`  ${job}: ${words}`);
    if (jobs.length > 15)
      console.log(
        `  and ${jobs
          .slice(15)
          .map(([job]) => job.split(" ")[0])
          .join(", ")}`,
      );
  }
  console.log();
}
