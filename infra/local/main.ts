// `npm start`: the whole of Headgate on this machine, from the synthesised template, with demo people and a welcome job.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { signIn } from "./api-client.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { holdData } from "./data-lock.ts";
import { FlagError, type Flags, readFlags } from "./flags.ts";
import { headnodePlace, installHeadnode } from "./headnode-home.ts";
import { portRow } from "./port-row.ts";
import { demoUsers, seedPeople } from "./seed.ts";
import { accountUid, ensureAccounts } from "./slurm/accounts.ts";
import { findExistingSlurm } from "./slurm/existing-slurm.ts";
import type { LocalSlurm } from "./slurm/local-slurm.ts";
import { startPrivateSlurm } from "./slurm/private-slurm.ts";
import { startStandIn } from "./slurm/stand-in.ts";
import { synthesise } from "./synthesis.ts";
import { runWelcomeJob } from "./welcome-job.ts";

const root = path.resolve(import.meta.dirname, "../..");
const started = performance.now();
const since = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
const say = (line: string) => console.log(line);

async function startSlurm(flags: Flags): Promise<LocalSlurm> {
  const dir = path.join(flags.data, "slurm");
  if (flags.slurm === "private") return await startPrivateSlurm({ dir, nodes: flags.nodes, log: say });
  if (flags.slurm === "existing") return await findExistingSlurm();
  return await startStandIn({ dir });
}

/** Which Unix account each demo person works as. On a Slurm whose jobs run as whoever started it, that one for all. */
function accountsOn(slurm: LocalSlurm): (handle: string) => string | undefined {
  if (slurm.accounts === "starter") return () => userInfo().username;
  const people = ["alice", "bob"];
  if (slurm.kind === "private") {
    const made = ensureAccounts(people);
    if (made.length > 0) say(`created the Unix accounts ${made.join(" and ")} for the demo people`);
  }
  const usable = people.filter((name) => (accountUid(name) ?? 0) >= 1000);
  if (usable.length < people.length)
    say("there are no Unix accounts alice and bob here: set one for each person as administrator");
  return (handle) => usable.find((name) => name === handle);
}

/** Replaces a JSON file whole. */
function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

async function main(flags: Flags): Promise<void> {
  const release = holdData(flags.data);
  const installed = Number(process.env.HEADGATE_INSTALL_SECONDS ?? "0");
  if (installed > 0) say(`installed in ${installed.toFixed(1)} s`);

  const { assembly, seconds } = await synthesise(root);
  say(seconds > 0 ? `template synthesised in ${seconds.toFixed(1)} s` : "template unchanged");

  const slurm = await startSlurm(flags);
  say(slurm.description);
  const accountOf = accountsOn(slurm);
  let stopping = false;
  let cloud: Cloud | undefined;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    rmSync(path.join(flags.data, "local.json"), { force: true });
    await headnode?.stop();
    await cloud?.stop();
    await slurm.stop();
    release();
    process.exit(code);
  };
  let headnode: { stop(): Promise<void> } | undefined;
  process.on("SIGINT", () => {
    say("\nstopping ...");
    void stop(0);
  });
  process.on("SIGTERM", () => void stop(0));

  try {
    cloud = await startCloud({
      data: flags.data,
      port: await portRow(flags.port, flags.data),
      assembly,
      dynamo: flags.dynamo,
      scale: flags.scale,
      headgateHome: (id) => headnodePlace({ data: flags.data, cluster: id, slurm }).home,
      log: (line) => say(`  ${line}`),
    });
    const clusters = cloud.clusters.map((id) => ({ id, kind: slurm.kind === "stand-in" ? "stand-in" : "slurm" }));
    const [cluster] = clusters;
    if (!cluster) throw new Error("cdk.json names no cluster (context headgate.clusters)");
    headnode = await installHeadnode({
      data: flags.data,
      bundle: path.join(root, "build", "headnode", "headnode.mjs"),
      cluster: cluster.id,
      slurm,
      region: cloud.region,
      buckets: { batches: cloud.outputs.BatchesBucket ?? "", results: cloud.outputs.ResultsBucket ?? "" },
      allow: [...new Set(demoUsers.flatMap((user) => accountOf(user.handle) ?? []))],
      watchSeconds: 1,
    });
    const { seedUser } = cloud;
    await seedPeople({
      api: cloud.urls.api,
      cognito: cloud.urls.cognito,
      clientId: cloud.outputs.CliClientId ?? "",
      seedUser: async (user) => await seedUser({ email: user.email, password: user.password, groups: user.groups }),
      account: (handle) => accountOf(handle),
      clusters: clusters.map(({ id }) => id),
    });
    writeJson(path.join(flags.data, "slurm.json"), {
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
      issuer: cloud.issuer,
      region: cloud.region,
      clientId: cloud.outputs.PageClientId,
      cliClientId: cloud.outputs.CliClientId,
      users: demoUsers,
      clusters,
    });
    say(`ready after ${since()}`);
    if (flags.welcome) await welcome(cloud, cluster.id);
    tell(cloud, flags);
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    await stop(1);
  }
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

function tell(cloud: Cloud, flags: Flags): void {
  const width = Math.max(...demoUsers.map((user) => user.email.length));
  say(`
Headgate runs at  ${cloud.urls.page}
         its API  ${cloud.urls.api}/v1/openapi.json
Sign in as`);
  for (const user of demoUsers) say(`  ${user.email.padEnd(width)}  ${user.password}`);
  say(`To try: open the page, or follow the curl walk-through of README.md (it reads ${path.relative(process.cwd(), flags.data) || "."}/local.json).
Ctrl-C stops everything that was started.`);
}

try {
  await main(readFlags(process.argv.slice(2), process.env, root));
} catch (error) {
  console.error(error instanceof FlagError ? error.message : error instanceof Error ? error.message : error);
  process.exitCode = error instanceof FlagError ? 2 : 1;
}
