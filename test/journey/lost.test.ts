// What gets lost on the way (a message, a command, events, in any mixture) is asked for again: the job still ends right, once.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { call, signIn, upload } from "../../infra/local/api-client.ts";
import { type Cloud, startCloud } from "../../infra/local/cloud.ts";
import { headnodePlace, installHeadnode } from "../../infra/local/headnode-home.ts";
import { demoUsers, seedPeople } from "../../infra/local/seed.ts";
import type { LocalSlurm } from "../../infra/local/slurm/local-slurm.ts";
import { startStandIn } from "../../infra/local/slurm/stand-in.ts";
import { synthesise } from "../../infra/local/synthesis.ts";
import type { Job, JobEvent } from "../../shared/contract/job.ts";

const root = path.resolve(import.meta.dirname, "../..");
const cluster = "local";

describe("a job of which something was lost on the way", () => {
  const data = mkdtempSync(path.join(tmpdir(), "headgate-lost-"));
  const log: string[] = [];
  let cloud: Cloud;
  let slurm: LocalSlurm;
  let headnode: { stop(): Promise<void> };
  let token: string;

  beforeAll(async () => {
    const { assembly } = await synthesise(root);
    slurm = await startStandIn({ dir: path.join(data, "slurm") });
    cloud = await startCloud({
      data,
      port: 0,
      assembly,
      // reconcile comes each second, and its waiting times of minutes are seconds
      scale: 60,
      headgateHome: (id) => headnodePlace({ data, cluster: id, slurm }).home,
      log: (line) => log.push(line),
    });
    const { username } = userInfo();
    headnode = await installHeadnode({
      data,
      bundle: path.join(root, "build", "headnode", "headnode.mjs"),
      cluster,
      slurm,
      region: cloud.region,
      buckets: { batches: cloud.outputs.BatchesBucket ?? "", results: cloud.outputs.ResultsBucket ?? "" },
      allow: [username],
    });
    const clientId = cloud.outputs.CliClientId ?? "";
    await seedPeople({
      api: cloud.urls.api,
      cognito: cloud.urls.cognito,
      clientId,
      seedUser: cloud.seedUser,
      account: () => username,
      clusters: [cluster],
    });
    const alice = demoUsers.find((user) => user.handle === "alice");
    token = await signIn(cloud.urls.cognito, clientId, alice?.email ?? "", alice?.password ?? "");
  }, 120_000);

  afterEach(() => {
    cloud.faults.messages.drop = 0;
    cloud.faults.objectEvents.drop = 0;
    cloud.commands.lose(0);
  });

  afterAll(async () => {
    await headnode?.stop();
    await cloud?.stop();
    await slurm?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  /** Submits a job that notes each of its starts, waits until its results are decided, and answers how often it began. */
  async function runToItsEnd(): Promise<{ job: Job; events: JobEvent[]; begun: string }> {
    const ledger = path.join(data, `ledger-${Math.random()}`);
    const { api } = cloud.urls;
    // a signed address in a batch ends; whoever writes the batch again signs it again
    const input = await upload(api, token, "input.txt", new TextEncoder().encode("content"));
    let job = await call<Job>(api, token, "POST", "/v1/jobs", {
      application: "script",
      parameters: {
        text: `#!/bin/sh\necho begun >>${ledger}\ntest "$(cat input.txt)" = content && echo done >answer.txt\n`,
      },
      inputs: [{ upload: input, name: "input.txt" }],
    });
    for (let waited = 0; job.results.state === "pending"; waited += 1) {
      if (waited > 900) throw new Error(`the job stays ${job.state}:\n${log.slice(-40).join("\n")}`);
      await sleep(100);
      job = await call<Job>(api, token, "GET", `/v1/jobs/${job.id}`);
    }
    const { events } = await call<{ events: JobEvent[] }>(api, token, "GET", `/v1/jobs/${job.id}/events`);
    return { job, events, begun: readFileSync(ledger, "utf8") };
  }

  it.each([
    ["its message to dispatch was", { messages: 1, commands: 0, events: 0 }],
    ["the command to the head node was", { messages: 0, commands: 1, events: 0 }],
    ["two commands in a row were", { messages: 0, commands: 2, events: 0 }],
    ["every event of its receipts was", { messages: 0, commands: 0, events: 1_000 }],
    ["message, command and every event were", { messages: 1, commands: 1, events: 1_000 }],
  ])("ends with its results and is begun once, though %s lost", async (_what, lost) => {
    cloud.faults.messages.drop = lost.messages;
    cloud.commands.lose(lost.commands);
    cloud.faults.objectEvents.drop = lost.events;
    const { job, events, begun } = await runToItsEnd();

    expect(job).toMatchObject({ state: "succeeded", results: { state: "available" } });
    expect(begun).toBe("begun\n");
    expect(events.filter((event) => event.state === "succeeded")).toHaveLength(1);
  });

  it("does not dispatch nor submit twice where messages and commands come twice", async () => {
    cloud.faults.messages.copies = 2;
    cloud.faults.objectEvents.copies = 2;
    cloud.commands.duplicate(1);
    const { job, begun } = await runToItsEnd();
    cloud.faults.messages.copies = 1;
    cloud.faults.objectEvents.copies = 1;

    expect(job).toMatchObject({ state: "succeeded", results: { state: "available" } });
    expect(begun).toBe("begun\n");
  });
});
