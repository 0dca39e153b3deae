// submit: an application with parameters, resources and files.
import type { Command } from "commander";
import type { ParameterSchema, Parameters } from "../../../shared/application/application-spec.ts";
import type { Application } from "../../../shared/contract/catalogue.ts";
import { ulidPattern } from "../../../shared/contract/id.ts";
import type { JobSubmission } from "../../../shared/contract/job.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { listInputs } from "../input-files.ts";
import { openKeyRecord } from "../key-record.ts";
import { readSets, readText } from "../parameters.ts";
import { addResourceOptions, type ResourceOptions, readResources } from "../resource-options.ts";
import { openSession } from "../session.ts";
import { addJobOptions, again, checkDraft, type Draft, findApplication, readMail, readRetry } from "../submission.ts";
import { uploadInputs } from "../upload-inputs.ts";
import { jobLine, nameWords } from "../words.ts";
import { waitForJobs } from "./wait.ts";

export type JobOptions = {
  cluster?: string;
  name?: string;
  description?: string;
  tag?: string[];
  mail?: string;
  mailOn?: string;
  retry?: string;
  retryOn?: string;
};

type SubmitOptions = GlobalOptions &
  ResourceOptions &
  JobOptions & {
    set?: string[];
    parameters?: string;
    input?: string[];
    appVersion?: string;
    key?: string;
    check?: boolean;
    parsable?: boolean;
    wait?: boolean;
  };

export function addSubmit(program: Command, cli: Cli): void {
  const command = program
    .command("submit")
    .description("submit a job, and print it with its id")
    .argument("<application>", "script, bumps, … (headgate apps lists them)")
    .argument("[files...]", "inputs: files, and folders with all that is in them")
    .option("-s, --set <name=value>", "a parameter, typed by the application; name=@file for a file's text", again)
    .option("--parameters <json>", "all parameters as JSON, or @file; --set goes before them")
    .option("--input <upload=name>", "an earlier upload as an input; may be repeated", again)
    .option("--app-version <version>", "an earlier version of the application (default: the latest)")
    .option("--key <key>", "the same key gives the same job, however often it is sent (default: a fresh one)")
    .option("--check", "only say what the job would be, with its script; nothing is uploaded or submitted")
    .option("--parsable", "print the id alone")
    .option("-w, --wait", "wait until it has ended, and return as headgate wait does");
  addResourceOptions(addJobOptions(command)).action((application: string, files: string[], _: unknown, self: Command) =>
    submit(cli, application, files, self.optsWithGlobals()),
  );
}

async function submit(cli: Cli, id: string, paths: string[], options: SubmitOptions): Promise<void> {
  const client = openSession(cli, options);
  const application = await findApplication(client, id);
  const files = listInputs(paths, (path, why) => cli.say(`${nameWords(path)} is left out: ${why}\n`));
  const earlier = (options.input ?? []).map(readEarlier);
  const names = [...files, ...earlier].map(({ name }) => name);
  const given = {
    ...readParameters(options.parameters),
    ...readSets(options.set ?? [], application.parameters as ParameterSchema),
  };
  const parameters = { ...namedInput(application, given, names), ...given };
  const draft: Draft = { application: id, parameters, ...jobFields(options), resources: readResources(options) };
  if (options.appVersion !== undefined) draft.version = options.appVersion;
  checkDraft(draft, application, names);
  if (options.check) {
    if (files.length > 0)
      throw new CliError("usage", "--check uploads nothing; name inputs by --input, or leave them out");
    const checked = await client.check({ ...draft, inputs: earlier });
    return options.json ? outJson(cli, checked) : cli.out(checked.script);
  }
  const record = options.key === undefined ? undefined : openKeyRecord(cli, client.options.origin, options.key);
  const inputs = [...(await uploadInputs(cli, client, files, record)), ...earlier];
  const job = await client.submit({ ...draft, inputs }, options.key);
  if (options.parsable) cli.out(`${job.id}\n`);
  else if (options.json) outJson(cli, job);
  else cli.out(`${jobLine(job)}\n`);
  if (options.wait) await waitForJobs(cli, client, [job.id], {});
}

/** What the options say of the job besides parameters, resources and inputs. */
export function jobFields(options: JobOptions): Omit<Draft, "application" | "parameters" | "resources"> {
  const { cluster, name, description, tag } = options;
  const mail = readMail(options.mail, options.mailOn);
  const retry = readRetry(options.retry, options.retryOn);
  const fields = { cluster, name, description, tags: tag, mail, retry };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function readParameters(text: string | undefined): Parameters {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith("@") ? readText(text.slice(1)) : text);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      "usage",
      `--parameters is not accepted: ${(error as Error).message}; accepted is a JSON object, or @file`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new CliError("usage", "--parameters is not accepted; accepted is a JSON object, or @file");
  return value as Parameters;
}

function readEarlier(text: string): JobSubmission["inputs"][number] {
  const [, upload = "", name = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (!ulidPattern.test(upload) || name === "")
    throw new CliError(
      "usage",
      `--input ${JSON.stringify(text)} is not accepted; accepted is the id of an upload, = and a name`,
    );
  return { upload, name };
}

/** The first file is the input that the application asks for, where none is named: `submit bumps model.py data.dat`. */
function namedInput(application: Application, given: Parameters, names: readonly string[]): Parameters {
  const { properties = {}, oneOf = [] } = application.parameters as ParameterSchema;
  const [wanted] = Object.entries(properties).find(([, property]) => property["x-input"]) ?? [];
  const rivals = oneOf.flatMap((branch) => branch.required ?? []);
  const [first] = names;
  if (wanted === undefined || first === undefined || wanted in given || rivals.some((name) => name in given)) return {};
  return { [wanted]: first };
}
