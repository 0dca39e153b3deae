// logs and get: what a job says, and what it made.
import type { Command } from "commander";
import type { JobFile } from "../../../shared/contract/job.ts";
import { isSettled } from "../../client/follow.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { findLog, type LogRole, logPace, printLines, printLog } from "../follow-log.ts";
import { inParallel } from "../in-parallel.ts";
import { jobId } from "../job-id.ts";
import { progressBar } from "../progress.ts";
import { whole } from "../resource-options.ts";
import { openSession } from "../session.ts";
import { ownFault, placeBelow, type Transferred, transferFile } from "../transfer-file.ts";
import { clean, jsonWords, legible, nameWords, sizeWords } from "../words.ts";
import { allFiles } from "./jobs.ts";

const atOnce = 4;

type LogsOptions = GlobalOptions & { follow?: boolean; stderr?: boolean; lines?: string };
type GetOptions = GlobalOptions & { to?: string; attempt?: string };

export function addResults(program: Command, cli: Cli): void {
  program
    .command("logs")
    .description("what a job says: of one that runs the end of it, of one that has ended all")
    .argument("<job>", "its id")
    .option("-f, --follow", "wait for it where need be, and go on until the job has ended")
    .option("--stderr", "the error output in place of the output")
    .option("-l, --lines <n>", "only the last lines, of a job that has ended")
    .action((id: string, _: unknown, command: Command) => logs(cli, jobId(id), command.optsWithGlobals()));
  program
    .command("get")
    .description("fetch a job's result files; what is there and right is left, what was cut off is resumed")
    .argument("<job>", "its id")
    .argument("[paths...]", "only these files, or those in these folders")
    .option("--to <folder>", "where to (default: a folder of the job's id)")
    .option("--attempt <n>", "of an earlier attempt")
    .action((id: string, paths: string[], _: unknown, command: Command) =>
      get(cli, jobId(id), paths, command.optsWithGlobals()),
    );
}

async function logs(cli: Cli, id: string, options: LogsOptions): Promise<void> {
  const client = openSession(cli, options);
  const role: LogRole = options.stderr ? "stderr" : "stdout";
  const lines = whole("--lines", options.lines);
  if (lines === undefined) {
    // where somebody waits for a test's job, looks are to be had more often
    const lookMs = Number(cli.env.HEADGATE_LOOK_MS ?? "");
    const pace = lookMs > 0 ? { ...logPace, lookMs } : logPace;
    return printLog(cli, client, id, role, options.follow === true, pace);
  }
  const job = await client.job(id);
  if (!isSettled(job)) throw new CliError("results", `job ${id} is ${job.state}; --lines is for one that has ended`);
  await printLines(cli, client, await findLog(client, job, role), lines);
}

async function get(cli: Cli, id: string, paths: readonly string[], options: GetOptions): Promise<void> {
  const client = openSession(cli, options);
  const folder = options.to ?? id;
  const { files, skipped } = await allFiles(client, id, whole("--attempt", options.attempt));
  const wanted = chosen(files, paths);
  const missing: { path: string; reason: string }[] = [];
  /** What becomes of one file; where it alone is the matter, the others are fetched without it. */
  const alone = async <T>(file: JobFile, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const reason = ownFault(file, error);
      if (reason === undefined) throw error;
      missing.push({ path: file.path, reason });
      return undefined;
    }
  };
  // all names are looked at before any byte is written
  const targets = await inParallel(wanted, 16, (file) => alone(file, () => placeBelow(folder, file.path)));
  const placed = wanted.flatMap((file, place) => {
    const to = targets[place];
    return to === undefined ? [] : [{ file, to }];
  });
  const bar = progressBar(cli, "get", bytesOf(placed.map(({ file }) => file)));
  let outcomes: (Transferred | undefined)[];
  try {
    outcomes = await inParallel(placed, atOnce, ({ file, to }) =>
      alone(file, () => transferFile(file, to, client.options, bar)),
    );
  } finally {
    bar.done();
  }
  const got = placed.flatMap(({ file: { path, size, sha256 }, to }, place) => {
    const outcome = outcomes[place];
    return outcome === undefined ? [] : [{ path, to, size, sha256, outcome }];
  });
  if (options.json) outJson(cli, { job: id, files: got, missing, skipped });
  else {
    if (got.length > 0 || missing.length === 0) cli.out(`${gotWords(got, folder)}\n`);
    for (const { path, skipped: why } of skipped) cli.say(`left on the cluster: ${nameWords(path)} (${clean(why)})\n`);
  }
  if (missing.length === 0) return;
  for (const { reason } of missing) cli.say(`not fetched: ${legible(reason)}\n`);
  throw new CliError("results", `${missing.length} of ${wanted.length} files were not fetched`);
}

const bytesOf = (files: readonly { size: number }[]): number => files.reduce((sum, { size }) => sum + size, 0);

function gotWords(got: readonly { size: number; outcome: Transferred }[], folder: string): string {
  const count = (outcome: Transferred) => got.filter((one) => one.outcome === outcome).length;
  const resumed = count("resumed") > 0 ? `, ${count("resumed")} resumed` : "";
  const there = count("was there") > 0 ? `, ${count("was there")} were there` : "";
  const files = `${got.length} ${got.length === 1 ? "file" : "files"} (${sizeWords(bytesOf(got))})`;
  return `${files} in ${clean(folder)}, each with its SHA-256${resumed}${there}`;
}

function chosen(files: readonly JobFile[], paths: readonly string[]): readonly JobFile[] {
  if (paths.length === 0) return files;
  const tidy = paths.map((path) => path.replace(/\/+$/, ""));
  const within = (file: JobFile, path: string) => file.path === path || file.path.startsWith(`${path}/`);
  const absent = tidy.find((path) => !files.some((file) => within(file, path)));
  if (absent !== undefined)
    throw new CliError("absent", `the job has no result ${jsonWords(absent)}; headgate files lists them`);
  return files.filter((file) => tidy.some((path) => within(file, path)));
}
