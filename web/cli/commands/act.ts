// cancel, delete, rerun, tag: doing something with jobs that are there.
import type { Command } from "commander";
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import type { JobRerun } from "../../../shared/contract/job.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { exitCodes, explain, kindOf } from "../cli-error.ts";
import { jobId } from "../job-id.ts";
import { readSets } from "../parameters.ts";
import { addResourceOptions, type ResourceOptions, readResources } from "../resource-options.ts";
import { openSession } from "../session.ts";
import { again, findApplication } from "../submission.ts";
import { jobLine, nameWords } from "../words.ts";
import { ExitCode, waitForJobs } from "./wait.ts";

type RerunOptions = GlobalOptions &
  ResourceOptions & { set?: string[]; name?: string; key?: string; parsable?: boolean; wait?: boolean };

/** Does it to each; a fault is told of beside its id, and the highest of their exit codes ends the command. */
async function eachOf(
  cli: Cli,
  options: GlobalOptions,
  ids: readonly string[],
  act: (id: string) => Promise<void>,
): Promise<void> {
  let worst = 0;
  for (const given of new Set(ids)) {
    try {
      await act(jobId(given));
    } catch (error) {
      const kind = kindOf(error);
      const detail = explain(error);
      worst = Math.max(worst, exitCodes[kind]);
      if (options.json) outJson(cli, { id: given, error: { kind, detail } });
      cli.say(`headgate: ${nameWords(given)}: ${detail}\n`);
    }
  }
  if (worst > 0) throw new ExitCode(worst);
}

export function addActs(program: Command, cli: Cli): void {
  program
    .command("cancel")
    .description("ask for jobs to be cancelled; one that has ended stays as it is")
    .argument("<job...>", "ids")
    .action(async (ids: string[], _: unknown, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      const client = openSession(cli, options);
      await eachOf(cli, options, ids, async (id) => {
        const job = await client.cancel(id);
        if (options.json) outJson(cli, job);
        else cli.out(`${jobLine(job)}\n`);
      });
    });
  program
    .command("delete")
    .description("delete jobs with all their files; a live one is cancelled first")
    .argument("<job...>", "ids")
    .action(async (ids: string[], _: unknown, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      const client = openSession(cli, options);
      await eachOf(cli, options, ids, async (id) => {
        // a mistyped id is to be told of, and removing tells of none
        await client.job(id);
        await client.remove(id);
        if (options.json) outJson(cli, { id, deleted: true });
        else cli.out(`${id}  deleted\n`);
      });
    });
  const rerun = program
    .command("rerun")
    .description("a new job with the inputs of an old one, with what is named otherwise")
    .argument("<job>", "its id")
    .option("-s, --set <name=value>", "a parameter that is to be otherwise", again)
    .option("--name <name>", "another name")
    .option("--key <key>", "the same key gives the same job, however often it is sent (default: a fresh one)")
    .option("--parsable", "print the id alone")
    .option("-w, --wait", "wait until it has ended, and return as headgate wait does");
  addResourceOptions(rerun).action(async (id: string, _: unknown, command: Command) => {
    const options: RerunOptions = command.optsWithGlobals();
    const client = openSession(cli, options);
    const resources = readResources(options);
    const change: JobRerun = Object.keys(resources).length > 0 ? { resources } : {};
    if (options.name !== undefined) change.name = options.name;
    if (options.set) {
      const { application } = await client.job(jobId(id));
      const schema = (await findApplication(client, application)).parameters as ParameterSchema;
      change.parameters = readSets(options.set, schema);
    }
    const job = await client.rerun(jobId(id), change, options.key);
    if (options.parsable) cli.out(`${job.id}\n`);
    else if (options.json) outJson(cli, job);
    else cli.out(`${jobLine(job)}\n`);
    if (options.wait) await waitForJobs(cli, client, [job.id], {});
  });
  program
    .command("tag")
    .description("name, describe or tag a job")
    .argument("<job>", "its id")
    .option("--name <name>", "its name; an empty one removes it")
    .option("--description <text>", "its description; an empty one removes it")
    .option("--add <tag>", "a tag more; may be repeated", again)
    .option("--remove <tag>", "a tag less; may be repeated", again)
    .action(async (id: string, _: unknown, command: Command) => {
      const options: GlobalOptions & { name?: string; description?: string; add?: string[]; remove?: string[] } =
        command.optsWithGlobals();
      const client = openSession(cli, options);
      const { name, description, add = [], remove = [] } = options;
      const before = add.length + remove.length > 0 ? ((await client.job(jobId(id))).tags ?? []) : [];
      const tags = [...new Set([...before, ...add])].filter((tag) => !remove.includes(tag));
      const job = await client.change(jobId(id), {
        ...(name === undefined ? {} : { name: name || null }),
        ...(description === undefined ? {} : { description: description || null }),
        ...(add.length + remove.length > 0 ? { tags } : {}),
      });
      if (options.json) outJson(cli, job);
      else cli.out(`${jobLine(job)}\n`);
    });
}
