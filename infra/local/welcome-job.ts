// The welcome job: a straight line through the points of the tree, by shell and awk, through every layer.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { call, upload } from "./api-client.ts";

type Job = { id: string; state: string; detail?: string; slurmId?: string; results: { state: string } };
type Files = { files: { path: string; size: number; sha256: string; href: string }[] };

const folder = path.join(import.meta.dirname, "welcome");
const jobName = "Welcome";
const ended = new Set(["succeeded", "failed", "cancelled"]);

/** The welcome job of an earlier start, where it succeeded. */
async function earlierJob(api: string, token: string, cluster: string): Promise<Job | undefined> {
  const { jobs } = await call<{ jobs: (Job & { name?: string; cluster: string })[] }>(
    api,
    token,
    "GET",
    "/v1/jobs?limit=200",
  );
  return jobs.find((job) => job.name === jobName && job.cluster === cluster && job.state === "succeeded");
}

async function submit(api: string, token: string, cluster: string): Promise<Job> {
  const inputs = [];
  for (const name of ["welcome.sh", "points.csv"])
    inputs.push({
      name,
      upload: await upload(api, token, name, new Uint8Array(readFileSync(path.join(folder, name)))),
    });
  const body = { application: "script", cluster, name: jobName, parameters: { script: "welcome.sh" }, inputs };
  return await call<Job>(api, token, "POST", "/v1/jobs", body, { "idempotency-key": randomUUID() });
}

/**
 * Submits the welcome job, or finds that of an earlier start; tells each state as it comes, and returns the job and the
 * text of its summary. Gives up after two minutes.
 */
export async function runWelcomeJob(o: {
  api: string;
  token: string;
  cluster: string;
  say: (line: string) => void;
}): Promise<{ id: string; state: string; summary: string | undefined }> {
  let job = (await earlierJob(o.api, o.token, o.cluster)) ?? (await submit(o.api, o.token, o.cluster));
  let shown = "";
  for (let tries = 0; tries < 480; tries += 1) {
    if (job.state !== shown) o.say(job.state + (job.slurmId ? ` (Slurm id ${job.slurmId})` : ""));
    shown = job.state;
    if (ended.has(job.state) && job.results.state !== "pending") break;
    await sleep(250);
    job = await call<Job>(o.api, o.token, "GET", `/v1/jobs/${job.id}`);
  }
  if (job.state !== "succeeded")
    return { id: job.id, state: job.detail ? `${job.state}: ${job.detail}` : job.state, summary: undefined };
  const { files } = await call<Files>(o.api, o.token, "GET", `/v1/jobs/${job.id}/files`);
  const summary = files.find((file) => file.path === "summary.txt");
  if (!summary) return { id: job.id, state: job.state, summary: undefined };
  const answer = await fetch(`${o.api}${summary.href}`, { headers: { authorization: `Bearer ${o.token}` } });
  return { id: job.id, state: job.state, summary: await answer.text() };
}
