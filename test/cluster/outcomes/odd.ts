// Odd things that a person's script may do: each has a right state, reason and log all the same, told in words.
import { expect } from "vitest";
import type { Job } from "../../../shared/contract/job.ts";
import { type EndedJob, logOf, onPage, runScript, type Scenario, type World } from "./world.ts";

type Odd = {
  name: string;
  script: string | readonly string[];
  resources?: Job["resources"];
  job: Record<string, unknown>;
  stdout?: string | RegExp;
  stderr?: RegExp;
  /** Paths of results, and of what is left on the cluster with why. */
  files?: readonly string[];
  skipped?: Record<string, string>;
  page: { standing: string; likely?: string; detail?: string | RegExp; above?: string };
};

const well = { standing: "It has ended well." };
const succeeded = { state: "succeeded", exitCode: 0 };

const odds: readonly Odd[] = [
  {
    name: "whose script leaves a process behind and ends has ended",
    script: ["sleep 200 &", "echo done"],
    job: succeeded,
    stdout: "done\n",
    page: well,
  },
  {
    name: "that closes its output and goes on is judged by its code",
    script: ["exec >&- 2>&-", "echo lost", "echo kept >kept", "exit 0"],
    job: succeeded,
    stdout: "",
    files: ["kept"],
    page: well,
  },
  {
    name: "with a umask of its own brings files that only it can read, and names folders that not even it can",
    script: [
      "umask 077",
      "echo secret >private",
      "mkdir no",
      "echo x >no/x",
      "chmod 0 no",
      "echo y >none; chmod 0 none",
    ],
    job: succeeded,
    files: ["private"],
    skipped: { no: "not readable", none: "not readable" },
    page: well,
  },
  {
    name: "that becomes another shell ends with that one's code",
    script: ["exec bash -c 'echo in bash; exit 5'"],
    job: { state: "failed", reason: "exit-code", exitCode: 5 },
    stdout: "in bash\n",
    page: { standing: "The program ended with exit code 5.", likely: "What exit code 5 means" },
  },
  {
    name: "that starts steps by srun gets the output of each",
    script: ["srun -n2 sh -c 'echo \"step of $SLURM_NTASKS\"'"],
    resources: { tasks: 2, wallMinutes: 12 },
    job: succeeded,
    stdout: "step of 2\nstep of 2\n",
    page: well,
  },
  {
    name: "whose step needs too much memory says so, though its script only knows exit code 1",
    script: ["srun --mem=50M python3 -c 'x = bytearray(500_000_000); import time; time.sleep(5)' || exit 1"],
    resources: { memoryMb: 100, wallMinutes: 11 },
    job: {
      state: "failed",
      reason: "out-of-memory",
      detail: expect.stringMatching(/^its output says ".*(?:Memory|oom)/i),
    },
    page: {
      standing: "It needed more memory than it had asked for.",
      likely: "went over the 100 MB",
      detail: /its output says/,
    },
  },
  {
    name: "that prints a million lines brings each",
    script: ["seq 1000000"],
    job: succeeded,
    stdout: /^1\n2\n[\d\n]*\n999999\n1000000\n$/,
    page: well,
  },
  {
    name: "that leaves a socket, a pipe and links names them as left behind",
    script: [
      "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"sock\")'",
      "mkfifo pipe",
      "ln -s /etc/passwd link",
      "echo a >a; ln a b",
    ],
    job: succeeded,
    files: [],
    skipped: { sock: "socket", pipe: "fifo", link: "symlink", a: "hard link", b: "hard link" },
    page: well,
  },
  {
    name: "with folders too deep and names in Latin-1 brings the rest, and says what it left",
    script: [
      "top=$PWD; i=0; while [ $i -lt 70 ]; do mkdir d; cd d; i=$((i+1)); done; echo deep >deep",
      'cd "$top"',
      "printf x >\"$(printf 'caf\\351.txt')\"; echo fine >fine.txt",
    ],
    job: succeeded,
    skipped: { "caf\ufffd.txt": "name is not UTF-8" },
    page: well,
  },
  {
    name: "that ends with 113, which our own script uses too, is judged by its own record",
    script: ["exit 113"],
    job: { state: "failed", reason: "exit-code", exitCode: 113 },
    page: { standing: "The program ended with exit code 113.", likely: "What exit code 113 means" },
  },
  {
    name: "that kills the script above it is told as killed",
    script: ["echo before", "kill -9 $PPID", "sleep 20"],
    job: {
      state: "failed",
      reason: "signal",
      signal: 9,
      detail: expect.stringContaining("ended by signal 9 (SIGKILL)"),
    },
    stdout: "before\n",
    page: { standing: "The program was stopped by signal 9 (SIGKILL).", likely: "The program was killed (SIGKILL)" },
  },
  {
    name: "in Python that forks a daemon and ends has ended",
    script: [
      "#!/usr/bin/env python3",
      "import os, time",
      "if os.fork() == 0:",
      "    os.setsid()",
      "    time.sleep(100)",
      "    os._exit(1)",
      "print('parent', flush=True)",
    ],
    job: succeeded,
    stdout: "parent\n",
    page: well,
  },
  {
    name: "that asks Slurm to start it again is not, and goes on",
    script: ["scontrol requeue $SLURM_JOB_ID; echo asked $?"],
    job: succeeded,
    stdout: /^asked [1-9]\d*\n$/,
    page: well,
  },
  {
    name: "that cancels itself is told as cancelled on the cluster",
    script: ["echo before", "scancel $SLURM_JOB_ID", "sleep 100"],
    // a Slurm job of its own: the last member of an array bears the array's id, and would cancel all of it
    resources: { wallMinutes: 13 },
    job: { state: "cancelled", detail: "it was cancelled on the cluster itself, not from here" },
    stdout: "before\n",
    page: { standing: "It was cancelled.", detail: "cancelled on the cluster itself" },
  },
  {
    name: "that removes its own folder keeps its logs and its end",
    script: ["echo there", "cd ..", "rm -rf work", "exit 4"],
    job: { state: "failed", reason: "exit-code", exitCode: 4 },
    stdout: "there\n",
    skipped: { work: "the job's folder is gone or no folder any more (ENOENT)" },
    page: { standing: "The program ended with exit code 4.", likely: "What exit code 4 means" },
  },
  {
    name: "that puts a link in place of its log gives nothing of others away",
    script: ["rm ../stdout; ln -s /etc/passwd ../stdout", "echo x >x"],
    job: succeeded,
    files: ["x"],
    skipped: { stdout: "symlink" },
    page: well,
  },
  {
    name: "that writes a file larger than it may is told so",
    script: ["ulimit -f 100", "sh -c 'yes >big'"],
    job: { state: "failed", reason: "signal", signal: 25, exitCode: 153 },
    page: { standing: "The program was stopped by signal 25 (SIGXFSZ).", likely: "larger than the cluster allows" },
  },
  {
    name: "whose interpreter is not there says which",
    script: ["#!/opt/no/such/perl", "print 1"],
    job: { state: "failed", reason: "exit-code", exitCode: 127 },
    stderr: /There is no interpreter \/opt\/no\/such\/perl on this cluster/,
    page: {
      standing: "The program ended with exit code 127.",
      likely: "A program was not found on the cluster.",
      above: "There is no interpreter /opt/no/such/perl",
    },
  },
];

export const odd: Scenario[] = odds.map((one) => ({ name: one.name, run: (world) => tryOut(world, one) }));

async function tryOut(world: World, one: Odd): Promise<void> {
  const text = typeof one.script === "string" ? one.script : one.script.join("\n");
  const end = await runScript(world, text, one.resources ? { resources: one.resources } : {});

  const wrote = `it wrote ${(await logOf(world, end, "stdout")).slice(0, 500)} and ${(await logOf(world, end, "stderr")).slice(0, 500)}`;
  expect(end.job, wrote).toMatchObject(one.job);
  if (one.stdout !== undefined) expectText(await logOf(world, end, "stdout"), one.stdout);
  if (one.stderr !== undefined) expectText(await logOf(world, end, "stderr"), one.stderr);
  if (one.files !== undefined) expect(resultsOf(end)).toEqual(one.files);
  for (const [path, why] of Object.entries(one.skipped ?? {}))
    expect(end.skipped.find((entry) => entry.path === path)?.skipped, path).toBe(why);
  expect(end.events.at(-1)?.state).toBe(end.job.state);
  await onPage(world, end, one.page);
}

function expectText(text: string, wanted: string | RegExp): void {
  // a million lines in a message help nobody
  if (typeof wanted === "string") expect(text.slice(0, 10_000)).toBe(wanted);
  else expect(wanted.test(text), text.slice(0, 1_000)).toBe(true);
}

const resultsOf = ({ files }: EndedJob): string[] =>
  files.filter((file) => file.role === "result").map((file) => file.path);
