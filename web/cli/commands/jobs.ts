// jobs, show, files, changes, apps, clusters: looking.
import type { Command } from "commander";
import { type Job, jobStates } from "../../../shared/contract/job.ts";
import type { GatewayClient, JobsQuery } from "../../client/gateway-client.ts";
import { isPassing, sleep } from "../../client/retry.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { jobId } from "../job-id.ts";
import { whole } from "../resource-options.ts";
import { openSession } from "../session.ts";
import { list } from "../submission.ts";
import { clean, jobLine, nameWords, sizeWords, standing, table } from "../words.ts";

type JobsOptions = GlobalOptions & {
  state?: string;
  application?: string;
  cluster?: string;
  tag?: string;
  text?: string;
  since?: string;
  until?: string;
  limit?: string;
  cursor?: string;
};

export function addJobs(program: Command, cli: Cli): void {
  program
    .command("jobs")
    .description("your jobs, the latest changed first")
    .option("--state <states>", `any of ${jobStates.join(",")}`)
    .option("--application <ids>", "of these applications")
    .option("--cluster <ids>", "on these clusters")
    .option("--tag <tags>", "with any of these tags")
    .option("--text <words>", "with all these words in name, description, id, tags or inputs' names")
    .option("--since <time>", "created then or later, such as 2026-01-31T09:30:00Z or 2026-01-31")
    .option("--until <time>", "created before")
    .option("--limit <n>", "at most so many (default: 20)")
    .option("--cursor <cursor>", "go on where an earlier answer with --json ended")
    .action((_: unknown, command: Command) => jobs(cli, command.optsWithGlobals()));
  program
    .command("show")
    .description("one job, and what happened to it")
    .argument("<job>", "its id")
    .action(async (id: string, _: unknown, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      const client = openSession(cli, options);
      const job = await client.job(jobId(id));
      if (options.json) return outJson(cli, job);
      cli.out(table(jobRows(job)));
      const events = await client.events(job.id);
      cli.out(`\n${table(events.map((event) => [event.at, event.state, clean(event.cause)]))}`);
    });
  program
    .command("files")
    .description("a job's result files")
    .argument("<job>", "its id")
    .option("--attempt <n>", "of an earlier attempt")
    .action(async (id: string, _: unknown, command: Command) => {
      const options: GlobalOptions & { attempt?: string } = command.optsWithGlobals();
      const attempt = whole("--attempt", options.attempt);
      const { files, skipped } = await allFiles(openSession(cli, options), jobId(id), attempt);
      if (options.json) return outJson(cli, { files, skipped });
      cli.out(table(files.map((file) => [file.role, sizeWords(file.size), nameWords(file.path)])));
      for (const { path, skipped: why } of skipped)
        cli.say(`left on the cluster: ${nameWords(path)} (${clean(why)})\n`);
    });
  program
    .command("changes")
    .description("what has moved of your jobs since a cursor or an instant")
    .option("--since <cursor>", "the next of an earlier answer, or an instant (default: now)")
    .option("-f, --follow", "go on, and tell each move as it happens")
    .action((_: unknown, command: Command) => changes(cli, command.optsWithGlobals()));
  program
    .command("apps")
    .description("what can be run, and with which parameters")
    .argument("[application]", "only this one")
    .action(async (id: string | undefined, _: unknown, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      const all = (await openSession(cli, options).applications()).filter((one) => id === undefined || one.id === id);
      if (id !== undefined && all.length === 0)
        throw new CliError("absent", `there is no application ${JSON.stringify(id)}`);
      if (options.json) return outJson(cli, id === undefined ? { applications: all } : all[0]);
      for (const one of all) {
        cli.out(`${one.id} ${one.version}: ${clean(one.description)}\n`);
        const properties = Object.entries(
          (one.parameters.properties ?? {}) as Record<string, { title?: string; description?: string }>,
        );
        if (id !== undefined)
          cli.out(table(properties.map(([name, of]) => [`  ${name}`, clean(of.description ?? of.title ?? "")])));
      }
    });
  program
    .command("clusters")
    .description("where jobs can be run")
    .action(async (_: unknown, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      const clusters = await openSession(cli, options).clusters();
      if (options.json) return outJson(cli, { clusters });
      cli.out(
        table(
          clusters.map((one) => [
            one.id,
            one.silent ? `silent${one.silentSince ? ` since ${one.silentSince}` : ""}` : "heard",
            one.partitions?.map((partition) => `${partition.name}${partition.default ? "*" : ""}`).join(" ") ?? "",
            clean([one.name, one.notice ?? ""].filter(Boolean).join(": ")),
          ]),
        ),
      );
    });
}

async function jobs(cli: Cli, options: JobsOptions): Promise<void> {
  const limit = whole("--limit", options.limit) ?? 20;
  if (limit < 1) throw new CliError("usage", "--limit 0 is not accepted; accepted is a whole number from 1 on");
  const client = openSession(cli, options);
  const state = list(options.state);
  const odd = state.find((one) => !(jobStates as readonly string[]).includes(one));
  if (odd !== undefined)
    throw new CliError("usage", `--state ${odd} is not accepted; accepted are ${jobStates.join(", ")}`);
  const query: JobsQuery = {
    state: state as Job["state"][],
    application: list(options.application),
    cluster: list(options.cluster),
    tag: list(options.tag),
    text: options.text,
    since: instant("--since", options.since),
    until: instant("--until", options.until),
  };
  const found: Job[] = [];
  let cursor = options.cursor;
  let seen = 0;
  // a filtered page may hold few of those that there are
  do {
    const page = await client.jobs({ ...query, cursor, limit: Math.min(1_000, limit - found.length) });
    found.push(...page.jobs);
    seen += page.seen;
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < limit);
  if (options.json) return outJson(cli, { jobs: found, ...(cursor === undefined ? {} : { cursor }), seen });
  cli.out(
    table(
      found.map((job) => [
        job.id,
        standing(job),
        job.application,
        job.changedAt.slice(0, 16).replace("T", " "),
        clean(job.name ?? ""),
      ]),
    ),
  );
  if (cursor !== undefined) cli.say("there may be more: --limit\n");
}

function instant(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new CliError(
      "usage",
      `${option} ${JSON.stringify(text)} is not accepted; accepted is an instant such as 2026-01-31T09:30:00Z`,
    );
  return new Date(at).toISOString();
}

function jobRows(job: Job): string[][] {
  const rows: [string, string | undefined][] = [
    ["id", job.id],
    ["state", standing(job)],
    ["detail", job.detail],
    ["name", job.name],
    ["description", job.description],
    ["tags", job.tags?.join(", ")],
    ["application", `${job.application} ${job.version}`],
    ["cluster", `${job.cluster}, as ${job.account}`],
    ["slurm id", job.slurmId],
    ["folder", job.folder && `${job.folder}${job.folderKeptUntil ? ` until ${job.folderKeptUntil}` : ""}`],
    ["attempt", job.attempt > 1 ? `${job.attempt}` : undefined],
    [
      "asked for",
      Object.entries(job.resources)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
    ],
    ["inputs", job.inputs.map((input) => `${input.name} (${sizeWords(input.size)})`).join(", ")],
    ["results", resultsWords(job.results)],
    ["created", job.createdAt],
    ["started", job.startedAt],
    ["ended", job.endedAt],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, clean(value)]] : []));
}

function resultsWords({ state, reason, files, bytes }: Job["results"]): string {
  if (state !== "available") return reason === undefined ? state : `${state}: ${reason}`;
  return `${files ?? 0} files, ${sizeWords(bytes ?? 0)}`;
}

/** Every page of a job's files. */
export async function allFiles(
  client: GatewayClient,
  id: string,
  attempt?: number,
): Promise<Omit<Awaited<ReturnType<GatewayClient["files"]>>, "cursor">> {
  const { files, skipped, cursor } = await client.files(id, { attempt, limit: 1_000 });
  for (let next = cursor; next !== undefined; ) {
    const page = await client.files(id, { attempt, limit: 1_000, cursor: next });
    files.push(...page.files);
    skipped.push(...page.skipped);
    next = page.cursor;
  }
  return { files, skipped };
}

async function changes(cli: Cli, options: GlobalOptions & { since?: string; follow?: boolean }): Promise<void> {
  const client = openSession(cli, options);
  let since = options.since;
  let etag: string | undefined;
  for (;;) {
    const answer = await client.changes(since, etag).catch((error: unknown) => {
      if (options.follow && isPassing(error)) return undefined;
      throw error;
    });
    const told = answer?.changes;
    if (told) {
      etag = told.next === since ? answer.etag : undefined;
      since = told.next;
      if (options.json) outJson(cli, told);
      else {
        for (const job of told.jobs) cli.out(`${jobLine(job)}\n`);
        for (const id of told.deleted) cli.out(`${id}  deleted\n`);
        if (!options.follow && !told.more) cli.say(`next: --since ${told.next}\n`);
      }
      if (told.more) continue;
    }
    if (!options.follow) return;
    await sleep(3_000);
  }
}
