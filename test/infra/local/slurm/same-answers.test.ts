import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../../../infra/local/slurm/daemon.ts";
import type { LocalSlurm } from "../../../../infra/local/slurm/local-slurm.ts";
import { startPrivateSlurm } from "../../../../infra/local/slurm/private-slurm.ts";
import { startStandIn } from "../../../../infra/local/slurm/stand-in.ts";
import { ask, hasSlurm, needsSlurm, statesAtEnd, submit, temporaryFolder } from "./slurm-at-hand.ts";

type Known = { done: string; waiting: string; running: string };

const everyColumn = ["-o", "%i|%F|%K|%A|%T|%U|%r|%j|%u|%M|%l|%P|%N|%S"];
const ofJobs = (known: Known) => `${known.done},${known.waiting},${known.running}`;

/** What is asked of both; ids, times and names of machines are no part of the shape. */
const questions: [string, string, (known: Known) => string[]][] = [
  ["all that ended, waits and runs", "squeue", (k) => ["-h", "-t", "all", "-j", ofJobs(k), ...everyColumn]],
  ["the same member by member", "squeue", (k) => ["-h", "-r", "-t", "all", "-j", ofJobs(k), ...everyColumn]],
  ["with a heading", "squeue", (k) => ["-r", "-t", "all", "-j", ofJobs(k), "-o", "%.18i %.9P %.8j %.2t %10T %.6D"]],
  [
    "by name and uid",
    "squeue",
    () => ["-h", "-t", "all", "--name=waits.sh", "-u", String(process.getuid?.()), "-o", "%i|%T|%U"],
  ],
  ["by a name that nobody bears", "squeue", () => ["-h", "-t", "all", "--name=nobody", "-o", "%i"]],
  ["an unknown id", "squeue", () => ["-h", "-j", "99999"]],
  ["an unknown id among known ones", "squeue", (k) => ["-h", "-t", "all", "-j", `99999,${k.waiting}`, "-o", "%i|%T"]],
  ["an unknown option", "squeue", () => ["--bogus"]],
  ["a state that does not exist", "squeue", () => ["-t", "bogus"]],
  ["cancelling the unknown", "scancel", () => ["99999"]],
  ["cancelling what has ended", "scancel", (k) => [k.done]],
  ["cancelling what is no id", "scancel", () => ["x"]],
  ["cancelling nothing", "scancel", () => []],
  ["ping", "scontrol", () => ["ping"]],
  ["an unknown job", "scontrol", () => ["show", "job", "99999", "-o"]],
  ["an unknown partition", "scontrol", () => ["show", "partition", "bogus"]],
  ["partitions", "scontrol", () => ["show", "partition", "-o"]],
  ["no accounting", "sacct", () => []],
  ["sbatch's unknown option", "sbatch", () => ["--bogus"]],
  ["an unknown partition to submit to", "sbatch", () => ["--partition=bogus", "/bin/ls"]],
  ["no script", "sbatch", () => ["/nowhere"]],
];

describe.skipIf(!hasSlurm)(`the stand-in and a real Slurm answer alike${needsSlurm}`, () => {
  const folder = temporaryFolder();
  const script = (name: string, body: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    return join(folder, name);
  };
  let real: [LocalSlurm, Known];
  let standIn: [LocalSlurm, Known];

  async function prepare(slurm: LocalSlurm): Promise<[LocalSlurm, Known]> {
    const done = await submit(slurm, [
      "--array=0-2",
      "--output=/dev/null",
      script("done.sh", "exit $SLURM_ARRAY_TASK_ID"),
    ]);
    await statesAtEnd(slurm, done);
    const waiting = await submit(slurm, [
      "--hold",
      "--array=3,7,9-12%2",
      "--output=/dev/null",
      "--time=7",
      script("waits.sh", "true"),
    ]);
    const running = await submit(slurm, [
      "--output=/dev/null",
      "--partition=long",
      "--cpus-per-task=2",
      "--mem=64M",
      script("runs.sh", "sleep 300"),
    ]);
    const isRunning = async () => (await ask(slurm, "squeue", ["-h", "-t", "R", "-o", "%i"])).stdout.trim() === running;
    expect(await until(isRunning, 15_000, 100)).toBe(true);
    return [slurm, { done, waiting, running }];
  }

  beforeAll(async () => {
    real = await prepare(
      await startPrivateSlurm({ dir: join(folder, "real"), nodes: 1, cpus: 4, lines: ["FirstJobId=51001"] }),
    );
    const dir = join(folder, "stand-in");
    mkdirSync(dir);
    writeFileSync(join(dir, "ids"), "51999 earlier\n");
    standIn = await prepare(await startStandIn({ dir, cpus: 4 }));
  }, 90_000);
  afterAll(async () => {
    await Promise.all([real?.[0].stop(), standIn?.[0].stop()]);
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test.each(questions)("%s (%s)", async (_, program, args) => {
    const [expected, given] = await Promise.all(
      [real, standIn].map(async ([slurm, known]) => shape(await ask(slurm, program, args(known)), known)),
    );

    expect(given).toEqual(expected);
  });

  test("in their records of ended members", () => {
    const [expected, given] = [real, standIn].map(([slurm, { done }]) => {
      const lines = readFileSync(slurm.jobcomp ?? "", "utf8")
        .split("\n")
        .filter((line) => line.includes(`ArrayJobId=${done} `));
      const members = lines.map((line) =>
        line.replaceAll(/(\w*Time)=[\dT:-]+/g, "$1=AT").replaceAll(/(^JobId|ArrayJobId|NodeList)=\S+/g, "$1=…"),
      );
      return members.sort((a, b) => (a.slice(a.indexOf("ArrayTaskId")) < b.slice(b.indexOf("ArrayTaskId")) ? -1 : 1));
    });

    expect(given).toHaveLength(3);
    expect(given).toEqual(expected);
  });
});

/** The answer with ids, times, nodes and sizes of machines blotted out; words of complaint count by their presence. */
function shape(answer: { code: number; stdout: string; stderr: string }, known: Known) {
  const first = Number(known.done);
  const text = answer.stdout
    .replaceAll(/\b5[12]\d{3}(?!\d)/g, (id) => nameOf(known, id) ?? `done+${Number(id) - first}`)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+/g, "AT")
    .replaceAll(/\|\d+:\d\d\|(?=[\d-])/g, "|RAN|")
    .replaceAll(/\bn1\b|\blocalhost\b|n\[1-1\]/g, "NODE")
    .replaceAll(/ at \S+ is UP/g, " at HOST is UP")
    .replaceAll(/mem=\d+M/g, "mem=M");
  const lines = text.split("\n").map((line) => line.trimEnd());
  return { refused: answer.code !== 0, lines: lines.sort(), complains: answer.stderr !== "" };
}

function nameOf(known: Known, id: string): string | undefined {
  return Object.entries(known).find(([, candidate]) => candidate === id)?.[0];
}
