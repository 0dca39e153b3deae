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
import { placeBelow, type Transferred, transferFile } from "../transfer-file.ts";
import { clean, sizeWords } from "../words.ts";
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
  // all names are looked at before any byte is written
  const targets = await inParallel(wanted, 16, (file) => placeBelow(folder, file.path));
  const bar = progressBar(
    cli,
    "get",
    wanted.reduce((sum, file) => sum + file.size, 0),
  );
  let outcomes: Transferred[];
  try {
    outcomes = await inParallel(wanted, atOnce, (file, place) =>
      transferFile(file, targets[place] ?? "", client.options, bar),
    );
  } finally {
    bar.done();
  }
  const got = wanted.map(({ path, size, sha256 }, place) => ({
    path,
    to: targets[place],
    size,
    sha256,
    outcome: outcomes[place],
  }));
  if (options.json) return outJson(cli, { job: id, files: got, skipped });
  const count = (outcome: Transferred) => outcomes.filter((one) => one === outcome).length;
  const resumed = count("resumed") > 0 ? `, ${count("resumed")} resumed` : "";
  const there = count("was there") > 0 ? `, ${count("was there")} were there` : "";
  const bytes = sizeWords(wanted.reduce((sum, file) => sum + file.size, 0));
  cli.out(
    `${wanted.length} ${wanted.length === 1 ? "file" : "files"} (${bytes}) in ${clean(folder)}, each with its SHA-256${resumed}${there}\n`,
  );
  for (const { path, skipped: why } of skipped) cli.say(`left on the cluster: ${clean(path)} (${clean(why)})\n`);
}

function chosen(files: readonly JobFile[], paths: readonly string[]): readonly JobFile[] {
  if (paths.length === 0) return files;
  const tidy = paths.map((path) => path.replace(/\/+$/, ""));
  const within = (file: JobFile, path: string) => file.path === path || file.path.startsWith(`${path}/`);
  const absent = tidy.find((path) => !files.some((file) => within(file, path)));
  if (absent !== undefined)
    throw new CliError("absent", `the job has no result ${JSON.stringify(absent)}; headgate files lists them`);
  return files.filter((file) => tidy.some((path) => within(file, path)));
}
