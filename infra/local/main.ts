// `npm start`: the whole of Headgate on this machine, from the synthesised template, with demo people and a welcome job.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { signIn } from "./api-client.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { holdData } from "./data-lock.ts";
import { FlagError, type Flags, readFlags, usage } from "./flags.ts";
import { headnodePlace, installHeadnode } from "./headnode-home.ts";
import { configurationOf, type LocalCluster, startClusters } from "./local-clusters.ts";
import { portRow } from "./port-row.ts";
import { demoUsers, seedPeople } from "./seed.ts";
import { StartError } from "./start-error.ts";
import { synthesise } from "./synthesis.ts";
import { runWelcomeJob } from "./welcome-job.ts";

const root = path.resolve(import.meta.dirname, "../..");
const started = performance.now();
const since = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
const say = (line: string) => console.log(line);

/** Replaces a JSON file whole. */
function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

async function main(flags: Flags): Promise<void> {
  const release = holdData(flags.data);
  const started: Started = { headnodes: [] };
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    rmSync(path.join(flags.data, "local.json"), { force: true });
    await stopAll(started);
    release();
    process.exit(code);
  };
  const stopKindly = (signal: NodeJS.Signals) => {
    // a terminal sends Ctrl-C to each process of its group, and each passes it on
    if (signal === "SIGINT" && !stopping) say("\nstopping ...");
    void stop(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stopKindly);
  // what is printed may be read by nobody any more; that must not end this without stopping what was started
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

  try {
    await start(flags, started);
  } catch (error) {
    if (!stopping) console.error(explained(error));
    await stop(1);
  }
}

/** What is to be ended, from the moment at which its start began. */
type Started = {
  clusters?: Promise<LocalCluster[]>;
  cloud?: Promise<Cloud>;
  headnodes: { stop(): Promise<void> }[];
};

async function stopAll(started: Started): Promise<void> {
  const clusters = await started.clusters?.catch(() => undefined);
  const cloud = await started.cloud?.catch(() => undefined);
  await Promise.all(started.headnodes.map((headnode) => headnode.stop()));
  await cloud?.stop();
  await Promise.all((clusters ?? []).map(({ slurm }) => slurm.stop()));
}

/** What the person can mend in its own words; anything else with its stack. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof StartError ? error.message : (error.stack ?? error.message);
}

async function start(flags: Flags, started: Started): Promise<void> {
  const installed = Number(process.env.HEADGATE_INSTALL_SECONDS ?? "0");
  if (installed > 0) say(`installed in ${installed.toFixed(1)} s`);
  const port = await portRow(flags.port, flags.data);

  const { assembly, seconds } = await synthesise(root, flags.clusters);
  say(seconds > 0 ? `template synthesised in ${seconds.toFixed(1)} s` : "template unchanged");

  started.clusters = startClusters(flags, configurationOf(root, flags.clusters).clusters, say);
  const clusters = await started.clusters;
  for (const { id, slurm } of clusters) say(clusters.length > 1 ? `${id}: ${slurm.description}` : slurm.description);
  const [first] = clusters;
  if (!first) throw new Error("cdk.json names no cluster (context headgate.clusters)");
  const accountOn = (cluster: string, handle: string) => clusters.find(({ id }) => id === cluster)?.accountOf(handle);
  started.cloud = startCloud({
    data: flags.data,
    port,
    assembly,
    dynamo: flags.dynamo,
    scale: flags.scale,
    headgateHome: (id) => {
      const { slurm } = clusters.find((cluster) => cluster.id === id) ?? first;
      return headnodePlace({ data: flags.data, cluster: id, slurm }).home;
    },
    log: (line) => say(`  ${line}`),
  });
  const cloud = await started.cloud;
  for (const { id, slurm, accountOf } of clusters) {
    const headnode = await installHeadnode({
      data: flags.data,
      bundle: path.join(root, "build", "headnode", "headnode.mjs"),
      cluster: id,
      slurm,
      region: cloud.region,
      buckets: { batches: cloud.outputs.BatchesBucket ?? "", results: cloud.outputs.ResultsBucket ?? "" },
      allow: [...new Set(demoUsers.flatMap((user) => accountOf(user.handle) ?? []))],
      watchSeconds: 1,
    });
    started.headnodes.push(headnode);
  }
  await seedPeople({
    api: cloud.urls.api,
    cognito: cloud.urls.cognito,
    clientId: cloud.outputs.CliClientId ?? "",
    seedUser: async (user) => await cloud.seedUser({ email: user.email, password: user.password, groups: user.groups }),
    account: (handle, cluster) => accountOn(cluster, handle),
    clusters: clusters.map(({ id }) => id),
  });
  for (const [at, { id, slurm }] of clusters.entries())
    writeJson(path.join(flags.data, at === 0 ? "slurm.json" : `slurm-${id}.json`), {
      kind: slurm.kind,
      bin: slurm.bin,
      conf: slurm.conf,
      jobcomp: slurm.jobcomp,
    });
  writeJson(path.join(flags.data, "local.json"), {
    page: cloud.urls.page,
    api: cloud.urls.api,
    s3: cloud.urls.s3,
    cognito: cloud.urls.cognito,
    sqs: cloud.urls.sqs,
    queues: [cloud.outputs.DispatchQueueUrl, cloud.outputs.ReceiptsQueueUrl],
    issuer: cloud.issuer,
    region: cloud.region,
    clientId: cloud.outputs.PageClientId,
    cliClientId: cloud.outputs.CliClientId,
    users: demoUsers,
    clusters: clusters.map(({ id, slurm }) => ({ id, kind: slurm.kind === "stand-in" ? "stand-in" : "slurm" })),
  });
  say(`ready after ${since()}`);
  if (flags.welcome) await welcome(cloud, first.id);
  tell(cloud, flags, clusters);
}

async function welcome(cloud: Cloud, cluster: string): Promise<void> {
  const alice = demoUsers.find((user) => user.handle === "alice");
  if (!alice) return;
  say("\nWelcome job: a straight line through the points of infra/local/welcome/points.csv");
  const token = await signIn(cloud.urls.cognito, cloud.outputs.CliClientId ?? "", alice.email, alice.password);
  const job = await runWelcomeJob({
    api: cloud.urls.api,
    token,
    cluster,
    say: (line) => say(`  ${since().padStart(7)}  ${line}`),
  });
  if (job.summary === undefined)
    say(`  the welcome job did not succeed (${job.state}); its page says why: ${cloud.urls.page}/jobs/${job.id}`);
  else
    say(
      `${job.summary.trimEnd().replace(/^/gm, "    ")}\n  job done after ${since()}: ${cloud.urls.page}/jobs/${job.id}`,
    );
}

/** A path as people would type it: relative where it lies below the current folder. */
function shortest(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

function tell(cloud: Cloud, flags: Flags, clusters: readonly LocalCluster[]): void {
  const width = Math.max(...demoUsers.map((user) => user.email.length));
  say(`
Headgate runs at  ${cloud.urls.page}
         its API  ${cloud.urls.api}/v1/openapi.json
Sign in as`);
  for (const user of demoUsers) say(`  ${user.email.padEnd(width)}  ${user.password}`);
  if (clusters.length > 1) say("Clusters");
  for (const { id, name, accountOf } of clusters.length > 1 ? clusters : []) {
    const people = demoUsers.filter(({ handle }) => accountOf(handle) !== undefined).map(({ handle }) => handle);
    say(`  ${id.padEnd(width)}  ${name}; works there: ${people.join(", ") || "nobody yet"}`);
  }
  say(`Mail that Headgate would send lies in ${shortest(path.join(flags.data, "mail"))}.`);
  say(`To try: open the page, or follow the curl walk-through of README.md (it reads ${shortest(path.join(flags.data, "local.json"))}).
Ctrl-C stops everything that was started.`);
}

const argv = process.argv.slice(2);
if (argv.includes("--help") || argv.includes("-h")) say(usage);
else
  try {
    await main(readFlags(argv, process.env, root));
  } catch (error) {
    console.error(error instanceof FlagError ? error.message : explained(error));
    process.exitCode = error instanceof FlagError ? 2 : 1;
  }
