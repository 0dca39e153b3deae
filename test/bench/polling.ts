// What people who look cost Slurm: sdiag's RPCs of all types a minute while one person polls and while fifty do, turn by turn.
import { setTimeout as sleep } from "node:timers/promises";
import { call, signIn } from "../../infra/local/api-client.ts";
import type { Job } from "../../shared/contract/job.ts";
import { type OutcomeStack, startOutcomeStack } from "../cluster/outcomes/outcome-stack.ts";
import { sessionOf } from "../journey/api-session.ts";
import { median, spread } from "./median.ts";

const people = 50;
const jobsEach = 4;
const rounds = 3;
/** A whole minute, since the head node says that it lives once a minute. */
const windowMs = 60_000;
const settleMs = 5_000;
/** As often as the page asks what moved; a job, and a look at a running one, at every third and fourth time. */
const pollMs = 2_000;
const mostApart = 0.1;

type Person = { token: string; jobs: string[] };
type Kind = "one" | "many" | "peeking";

/** Prints RPCs a minute with 1 and with 50 people polling 200 live jobs, and with 50 who look into running ones. Needs Slurm's packages and root. */
export async function polling(): Promise<void> {
  const all = await startOutcomeStack({ nodes: 2, cpus: 32, allow: ["alice"], scale: 10, lines: [] });
  try {
    const everybody = await admit(all);
    await submitAll(all, everybody);
    const counts: Record<Kind, number[]> = { one: [], many: [], peeking: [] };
    const asked: Record<Kind, number[]> = { one: [], many: [], peeking: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const kind of ["one", "many", "peeking"] as const) {
        const pollers = kind === "one" ? everybody.slice(0, 1) : everybody;
        const { rpcs, requests } = await minuteOf(all, pollers, kind === "peeking");
        counts[kind].push(rpcs);
        asked[kind].push(requests);
      }
    tell(counts, asked);
  } finally {
    await all.stop();
  }
}

function tell(counts: Record<Kind, number[]>, asked: Record<Kind, number[]>): void {
  const ratio = (kind: Kind) => median(counts[kind]) / median(counts.one);
  const line = (what: string, kind: Kind) =>
    console.log(
      `${what.padEnd(36)}${spread(counts[kind], "RPCs a minute").padEnd(32)}${median(asked[kind])} requests of the API`,
    );
  console.log(
    `medians of ${rounds} minutes each (least-most), turn by turn in one run, ${people * jobsEach} live jobs`,
  );
  line("1 person polls", "one");
  line(`${people} people poll`, "many");
  line(`${people} people look into running jobs`, "peeking");
  console.log(
    `ratio ${ratio("many").toFixed(3)}, with looks ${ratio("peeking").toFixed(3)} (within ${mostApart} of 1)`,
  );
  for (const kind of ["many", "peeking"] as const) if (Math.abs(ratio(kind) - 1) > mostApart) process.exitCode = 1;
}

/** Fifty people of their own, all working as the Unix account alice. */
async function admit({ stack, cloud }: OutcomeStack): Promise<Person[]> {
  const { api, cognito, cliClientId } = stack.local;
  const admin = await sessionOf(stack, "admin");
  const list: Person[] = [];
  for (let n = 0; n < people; n += 1) {
    const user = { email: `poller${n}@example.org`, password: `Headgate-poller-${n}` };
    await cloud.seedUser({ ...user, groups: [] });
    const token = await signIn(cognito, cliClientId, user.email, user.password);
    const me = await call<{ id: string }>(api, token, "GET", "/v1/me");
    const change = { status: "active", accounts: { local: "alice" } };
    await call(api, admin.token, "PATCH", `/v1/people/${me.id}`, change);
    list.push({ token, jobs: [] });
  }
  return list;
}

/** Every job runs or waits in the queue for the whole of the measurement. */
async function submitAll({ stack, slurmCommand }: OutcomeStack, everybody: readonly Person[]): Promise<void> {
  const body = { application: "script", parameters: { text: "while sleep 5; do date; done" } };
  for (const person of everybody)
    for (let n = 0; n < jobsEach; n += 1) {
      const resources = { wallMinutes: 30, memoryMb: 100 };
      const job = await call<Job>(stack.local.api, person.token, "POST", "/v1/jobs", { ...body, resources });
      person.jobs.push(job.id);
    }
  const live = () => slurmCommand("squeue", "-h", "-r", "-o", "%i").trim().split("\n").length;
  for (let waited = 0; live() < people * jobsEach; waited += 1) {
    if (waited > 300) throw new Error(`only ${live()} of ${people * jobsEach} jobs came to Slurm in 5 min`);
    await sleep(1_000);
  }
  await sleep(settleMs);
}

/** One minute of polling: RPCs that slurmctld counted meanwhile, and requests that were made. */
async function minuteOf(
  { stack, slurmCommand }: OutcomeStack,
  pollers: readonly Person[],
  peeks: boolean,
): Promise<{ rpcs: number; requests: number }> {
  let over = false;
  const counted = { requests: 0 };
  const polling = pollers.map((person) => poll(stack.local.api, person, peeks, counted, () => over));
  await sleep(settleMs);
  const before = rpcsOf(slurmCommand("sdiag"));
  const began = performance.now();
  const requests = counted.requests;
  await sleep(windowMs);
  const rpcs = rpcsOf(slurmCommand("sdiag")) - before;
  const minutes = (performance.now() - began) / 60_000;
  const made = counted.requests - requests;
  over = true;
  await Promise.all(polling);
  return { rpcs: rpcs / minutes, requests: Math.round(made / minutes) };
}

async function poll(
  api: string,
  { token, jobs }: Person,
  peeks: boolean,
  counted: { requests: number },
  isOver: () => boolean,
): Promise<void> {
  const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
    counted.requests += 1;
    const body = method === "POST" ? { body: "{}" } : {};
    const type = method === "POST" ? { "content-type": "application/json" } : {};
    return await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...type, ...headers },
      ...body,
    });
  };
  let known: { next: string; etag: string } | undefined;
  await sleep(Math.random() * pollMs); // people do not look in step
  for (let turn = 0; !isOver(); turn += 1) {
    const since = known === undefined ? "" : `?since=${encodeURIComponent(known.next)}`;
    const answer = await ask("GET", `/v1/changes${since}`, known ? { "if-none-match": known.etag } : {});
    if (answer.status === 200) {
      const { next } = (await answer.json()) as { next: string };
      known = { next, etag: answer.headers.get("etag") ?? "" };
    }
    const job = jobs[turn % jobs.length];
    if (turn % 3 === 0) await (await ask("GET", `/v1/jobs/${job}`)).arrayBuffer();
    if (turn % 4 === 0) await (await ask("GET", "/v1/jobs?limit=50")).arrayBuffer();
    if (peeks && turn % 4 === 0) await (await ask("POST", `/v1/jobs/${jobs[0]}/peek`)).arrayBuffer();
    if (peeks && turn % 2 === 0) await (await ask("GET", `/v1/jobs/${jobs[0]}/live`)).arrayBuffer();
    await sleep(pollMs);
  }
}

/** How many RPCs of all types slurmctld has counted, by sdiag's list by message type. */
function rpcsOf(sdiag: string): number {
  const [, after = ""] = sdiag.split("Remote Procedure Call statistics by message type");
  const [list = ""] = after.split("Remote Procedure Call statistics by user");
  const counts = [...list.matchAll(/count:(\d+)/g)].map(([, count]) => Number(count));
  if (counts.length === 0) throw new Error(`sdiag printed no counts of RPCs: ${sdiag.slice(0, 500)}`);
  return counts.reduce((sum, count) => sum + count, 0);
}
