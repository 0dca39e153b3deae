// sbatch: an existing batch script as it is, its directives read by us.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import type { Job, MailRequest } from "../../../shared/contract/job.ts";
import { type GivenOption, readOptions, type SbatchProblem } from "../../../shared/slurm/sbatch-getopt.ts";
import { takenOptions } from "../../../shared/slurm/sbatch-options.ts";
import { readSbatchScript, type SbatchRequest } from "../../../shared/slurm/sbatch-script.ts";
import type { ArrayIndices } from "../../../shared/slurm/sbatch-values.ts";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { listInputs } from "../input-files.ts";
import { openKeyRecord } from "../key-record.ts";
import { openSession } from "../session.ts";
import { checkDraft, type Draft, findApplication } from "../submission.ts";
import { stoppedSweep, submitSweep } from "../submit-sweep.ts";
import { uploadInputs } from "../upload-inputs.ts";
import { legible, nameWords } from "../words.ts";
import { readSbatchLine, type SbatchLine } from "./sbatch-line.ts";
import { jobFields } from "./submit.ts";
import { waitForJobs } from "./wait.ts";

export const sbatchHelp = `Usage: headgate sbatch [options] SCRIPT [ARGUMENT...]

Submits a batch script as it is. Its #SBATCH lines are read as sbatch reads them, and the same options may be given
before SCRIPT:
  ${takenOptions
    .map((name) => `--${name}`)
    .join(" ")
    .replace(/(.{80,100}) /g, "$1\n  ")}
Any other option is refused, with its line. An --array becomes a sweep: a job for each index; its %limit is not heeded.
--partition is one name, no list. --output and --error name files in the job's folder. SCRIPT's own exit code is what
headgate wait returns.

Of the command itself: --parsable (print ids alone), --wait, --test-only (only look), --quiet
Headgate's own, before SCRIPT too:
  --with FILE       a file or folder that the script needs beside it; may be repeated
  --env NAME=VALUE  a variable for the script; may be repeated
  --cluster ID      which cluster, where there are several
  --tag TAG         a tag; may be repeated
  --description TEXT
  --retry N         how many more attempts by itself at most
  --retry-on LIST   after which reasons, such as node-failure,preempted
  --key KEY         the same key gives the same jobs, however often it is sent
  --site NAME       another site than the present one
  --json            the job as the API has it; of an array {"sweep":…,"jobs":[…]}
`;

export function addSbatch(program: Command, cli: Cli): void {
  program
    .command("sbatch")
    .description("submit an existing batch script unchanged; headgate sbatch --help says more")
    .usage("[options] SCRIPT [ARGUMENT...]")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .passThroughOptions()
    .argument("[words...]")
    .action((_words: string[], _: unknown, command: Command) => sbatch(cli, command.args, command.optsWithGlobals()));
}

async function sbatch(cli: Cli, argv: readonly string[], globals: GlobalOptions): Promise<void> {
  const line = readSbatchLine(argv);
  if (line.help) return cli.out(sbatchHelp);
  if (line.script === undefined)
    throw new CliError("usage", "headgate sbatch needs a SCRIPT; headgate sbatch --help says more");
  const options: GlobalOptions = { ...globals, ...line.globals };
  const bytes = readScript(line.script);
  const name = path.basename(line.script);
  const read = readOptions(line.sbatchWords.map((text) => ({ text })));
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const request = readSbatchScript(text, read.options as GivenOption[], name);
  const told = ({ line: at, words }: SbatchProblem) =>
    `${at === undefined ? "headgate sbatch" : `${line.script}:${at}`}: ${words}`;
  const problems = [...read.problems, ...request.problems];
  if (problems.length > 0) throw new CliError("refused", problems.map(told).join("\n"));
  const quiet = request.command.includes("quiet");
  if (!quiet) for (const warning of request.warnings) cli.say(`${legible(told(warning))}\n`);

  const client = openSession(cli, options);
  const application = await findApplication(client, "script");
  const files = listInputs([line.script, ...line.beside], (at, why) =>
    cli.say(`${nameWords(at)} is left out: ${why}\n`),
  );
  const draft = { ...draftOf(request, line, name), ...(await mailOf(request, client)) };
  const members = (request.array?.indices ?? [undefined]).map((index) => memberOf(draft, request.array, index));
  for (const member of members.slice(0, 1))
    checkDraft(
      member,
      application,
      files.map((file) => file.name),
    );
  if (request.command.includes("test-only"))
    return cli.say(`${line.script} would be ${members.length === 1 ? "one job" : `${members.length} jobs`}\n`);

  // an array that stops half-way is to be gone on with, whether or not a key was thought of
  const keyed = request.array !== undefined || line.key !== undefined;
  const record = keyed ? openKeyRecord(cli, client.options.origin, line.key) : undefined;
  const inputs = await uploadInputs(cli, client, files, record);
  const how = { json: options.json === true, bare: request.command.includes("parsable"), quiet };
  let jobs: Job[];
  if (request.array && record) {
    const bodies = members.map((member) => ({ ...member, inputs }));
    const sweep = await submitSweep(cli, client, record.sweep(), bodies);
    if (sweep.faults.length > 0) {
      const goOn = line.key !== undefined || record.keep() ? record.key : undefined;
      if (how.json) outJson(cli, { sweep: { id: sweep.id, size: sweep.size }, jobs: sweep.jobs, key: goOn });
      throw stoppedSweep(sweep, goOn);
    }
    jobs = sweep.jobs;
    print(cli, jobs, sweep.id, how);
  } else {
    jobs = [await client.submit({ ...draft, inputs }, line.key)];
    print(cli, jobs, undefined, how);
  }
  const ids = jobs.map((job) => job.id);
  if (request.command.includes("wait")) await waitForJobs(cli, client, ids, { quiet });
}

function readScript(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CliError("usage", `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function draftOf(request: SbatchRequest, line: SbatchLine, script: string): Draft {
  const { output, error, resources } = request;
  const name = request.name ?? script;
  const parameters = {
    script,
    arguments: line.arguments,
    environment: [`SLURM_JOB_NAME=${name}`, ...line.environment],
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
  };
  return { application: "script", parameters, resources, ...jobFields(line.job), name };
}

/** Without --mail-user the person's own address, as sbatch tells whoever submitted. */
async function mailOf(request: SbatchRequest, client: GatewayClient): Promise<{ mail?: MailRequest }> {
  if (!request.mail) return {};
  const { on, to } = request.mail;
  return { mail: { on, to: to.length > 0 ? to : [(await client.me()).email] } };
}

/** One index of an array: what sbatch tells each, and a name that says which it is. */
function memberOf(draft: Draft, array: ArrayIndices | undefined, index: number | undefined): Draft {
  if (!array || index === undefined) return draft;
  const { indices, step } = array;
  const { environment, ...parameters } = draft.parameters as { environment: string[] };
  const variables = [
    `SLURM_ARRAY_TASK_ID=${index}`,
    `SLURM_ARRAY_TASK_MIN=${indices[0]}`,
    `SLURM_ARRAY_TASK_MAX=${indices.at(-1)}`,
    `SLURM_ARRAY_TASK_COUNT=${indices.length}`,
    `SLURM_ARRAY_TASK_STEP=${step}`,
  ];
  return {
    ...draft,
    name: `${draft.name?.slice(0, 190)}[${index}]`,
    parameters: { ...parameters, environment: [...environment, ...variables] },
  };
}

function print(
  cli: Cli,
  jobs: readonly Job[],
  sweep: string | undefined,
  how: { json: boolean; bare: boolean; quiet: boolean },
): void {
  const [first] = jobs;
  if (how.json) outJson(cli, sweep === undefined ? first : { sweep: { id: sweep, size: jobs.length }, jobs });
  else if (how.bare) cli.out(jobs.map((job) => `${job.id}\n`).join(""));
  else if (how.quiet) return;
  else if (sweep === undefined) cli.out(`Submitted batch job ${first?.id}\n`);
  else cli.out(`Submitted ${jobs.length} batch jobs of sweep ${sweep}:\n${jobs.map((job) => `${job.id}\n`).join("")}`);
}
