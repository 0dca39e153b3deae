// A person at work on a local stack: submits, follows, lists and downloads as a script would.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { call, signIn, upload } from "../../infra/local/api-client.ts";
import type { Job, JobEvent, JobFile, SkippedFile } from "../../shared/contract/job.ts";
import type { LocalStack } from "./local-stack.ts";

export type Session = {
  token: string;
  /** Submits a script given as text, with inputs by name. */
  submitScript(text: string, inputs?: Record<string, string>, more?: Record<string, unknown>): Promise<Job>;
  get(id: string): Promise<Job>;
  until(id: string, good: (job: Job) => boolean, seconds?: number): Promise<Job>;
  /** Until the job has ended and its results are decided. */
  ended(id: string, seconds?: number): Promise<Job>;
  events(id: string): Promise<JobEvent[]>;
  files(id: string): Promise<{ files: JobFile[]; skipped: SkippedFile[] }>;
  /** One file's bytes, held against its SHA-256. */
  download(file: JobFile): Promise<Buffer>;
};

/** Signs a demo person in. */
export async function sessionOf(stack: LocalStack, handle: string): Promise<Session> {
  const { api, cognito, cliClientId, users } = stack.local;
  const user = users.find((one) => one.handle === handle);
  if (!user) throw new Error(`local.json names no ${handle}`);
  const token = await signIn(cognito, cliClientId, user.email, user.password);

  const get = async (id: string) => await call<Job>(api, token, "GET", `/v1/jobs/${id}`);
  const until = async (id: string, good: (job: Job) => boolean, seconds = 60): Promise<Job> => {
    let job = await get(id);
    for (let waited = 0; waited < seconds * 10; waited += 1) {
      if (good(job)) return job;
      await sleep(100);
      job = await get(id);
    }
    throw new Error(
      `job ${id} did not get there in ${seconds} s: ${JSON.stringify(job)}\n${stack.output().slice(-4_000)}`,
    );
  };
  return {
    token,
    get,
    until,
    ended: async (id, seconds) => await until(id, (job) => job.results.state !== "pending", seconds),
    submitScript: async (text, inputs = {}, more = {}) => {
      const list = [];
      for (const [name, content] of Object.entries(inputs))
        list.push({ name, upload: await upload(api, token, name, new TextEncoder().encode(content)) });
      return await call<Job>(api, token, "POST", "/v1/jobs", {
        application: "script",
        parameters: { text },
        inputs: list,
        ...more,
      });
    },
    events: async (id) => (await call<{ events: JobEvent[] }>(api, token, "GET", `/v1/jobs/${id}/events`)).events,
    files: async (id) => await call(api, token, "GET", `/v1/jobs/${id}/files`),
    download: async (file) => {
      const answer = await fetch(`${api}${file.href}`, { headers: { authorization: `Bearer ${token}` } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const have = createHash("sha256").update(bytes).digest("hex");
      if (!answer.ok || have !== file.sha256)
        throw new Error(`${file.path}: ${answer.status}, SHA-256 ${have} instead of ${file.sha256}`);
      return bytes;
    },
  };
}
