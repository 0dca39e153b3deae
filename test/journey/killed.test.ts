// The local process is killed with -9 in the middle of a job and started again: the job succeeds, once.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { call, signIn } from "../../infra/local/api-client.ts";
import { type LocalStack, startStack } from "./local-stack.ts";
import { haveSlurm } from "./machine.ts";

type Job = { id: string; state: string; results: { state: string }; folder?: string };

const kinds = haveSlurm() ? ["stand-in", "private"] : ["stand-in"];

describe.each(kinds)("a local start on the %s Slurm, killed with -9 while a job runs", (kind) => {
  const data = mkdtempSync(path.join(tmpdir(), "headgate-killed-"));
  let stack: LocalStack | undefined;

  afterAll(async () => {
    await stack?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it("finds the job again and ends with its success, begun once", async () => {
    const flags = [`--slurm=${kind}`, "--no-welcome"];
    stack = await startStack({ data, flags });
    const token = await aliceOf(stack);
    const ledger = path.join(tmpdir(), `ledger-${path.basename(data)}`);
    const text = `#!/bin/sh\necho begun >>${ledger}\nsleep 6\necho done >answer.txt\n`;
    const submitted = await call<Job>(stack.local.api, token, "POST", "/v1/jobs", {
      application: "script",
      parameters: { text },
    });
    await until(stack, token, submitted.id, (job) => job.state === "running");

    await stack.kill();
    stack = await startStack({ data, flags });
    const job = await until(stack, await aliceOf(stack), submitted.id, (one) => one.results.state === "available");

    expect(job.state).toBe("succeeded");
    expect(readFileSync(ledger, "utf8")).toBe("begun\n");
    rmSync(ledger, { force: true });
  });
});

async function aliceOf(stack: LocalStack): Promise<string> {
  const alice = stack.local.users.find((user) => user.handle === "alice");
  if (!alice) throw new Error("local.json names no alice");
  return await signIn(stack.local.cognito, stack.local.cliClientId, alice.email, alice.password);
}

async function until(stack: LocalStack, token: string, id: string, good: (job: Job) => boolean): Promise<Job> {
  for (let tries = 0; tries < 600; tries += 1) {
    const job = await call<Job>(stack.local.api, token, "GET", `/v1/jobs/${id}`);
    if (good(job)) return job;
    if (["failed", "cancelled"].includes(job.state)) throw new Error(`the job ended: ${JSON.stringify(job)}`);
    await sleep(100);
  }
  throw new Error(`job ${id} did not get there:\n${stack.output()}`);
}
