// Erasing: all files of a deleted job go, nobody else's bytes change, and a crash at any step is made good by the next run.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eraseDue } from "../../../functions/erase/erase-due.ts";
import { takeEvent } from "../../../functions/observe/take-event.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import { uploadKey } from "../../../shared/aws/upload-key.ts";
import type { Job, JobFile } from "../../../shared/contract/job.ts";
import { collectionPrefix, type ManifestFile, manifestKey } from "../../../shared/headnode/manifest.ts";
import { peekKey } from "../../../shared/headnode/peek.ts";
import { receiptKey } from "../../../shared/headnode/receipt.ts";
import { type Bomb, explosive } from "../crash.ts";
import { type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
let alice: string;
beforeAll(async () => {
  gateway = await startGateway();
  alice = await gateway.member("alice");
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.messages.length = 0;
  gateway.commands.length = 0;
});

const submit = async (o: Record<string, unknown> = {}): Promise<string> =>
  (await gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body: scriptJob(o) })).body.id;
const remove = (id: string) => gateway.request("DELETE", `/v1/jobs/${id}`, { as: "alice" });
const far = Number.MAX_SAFE_INTEGER;
/** A run of the function, after the time that it leaves to the index. */
const erase = async (parts = gateway.parts.erase) => {
  gateway.time.offset += 61_000;
  await eraseDue(parts, far);
};
const keysBelow = (prefix: string) => gateway.parts.erase.results.keys(prefix, 1_000);
const textOf = async (key: string) => (await gateway.s3.get("results", key))?.body.toString();
const fileOf = async (id: string, path: string) => {
  const { body } = await gateway.request<{ files: JobFile[] }>("GET", `/v1/jobs/${id}/files`, { as: "alice" });
  const file = body.files.find((one) => one.path === path);
  return (await gateway.request("GET", file?.href ?? "/", { as: "alice" })).bytes.toString();
};

let minutes = 0;
/** Jobs of one group, sent. */
const sent = async (count: number, inputs: (n: number) => { upload: string; name: string }[] = () => []) => {
  minutes += 1;
  const jobs: string[] = [];
  for (let n = 0; n < count; n += 1)
    jobs.push(await submit({ resources: { wallMinutes: minutes }, inputs: inputs(n) }));
  await gateway.deliver();
  const group = (await gateway.parts.api.jobs.get(jobs[0] ?? ""))?.group ?? "";
  return { jobs, group };
};

/** All ended, and one slice collected: each has a log in the pack that all share, the second an object of its own too. */
const collected = async (count: number, inputs?: (n: number) => { upload: string; name: string }[]) => {
  const { jobs, group } = await sent(count, inputs);
  const [collection, receipt] = [ulid(), ulid()];
  const prefix = collectionPrefix("local", group, 0, collection);
  const put = (key: string, text: string) => gateway.s3.put("results", key, Buffer.from(text));
  const head = { version: 1, cluster: "local", group, slice: 0, collection, members: jobs.map((_job, n) => n) };
  let manifest = `${JSON.stringify(head)}\n`;
  let pack = "";
  const members: object[] = [];
  for (const [index, job] of jobs.entries()) {
    const offset = manifest.length;
    const files: { path: string; text: string; object?: string }[] = [{ path: "stdout", text: `secret of ${index}\n` }];
    if (index === 1) files.push({ path: "large.bin", text: "a large one", object: "object-0" });
    for (const { path, text, object } of files) {
      const sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(text))).toString("hex");
      const place = object === undefined ? { pack: "pack-0", offset: pack.length } : { object };
      if (object === undefined) pack += text;
      else await put(`${prefix}${object}`, text);
      const role = path === "stdout" ? "stdout" : "result";
      const line: ManifestFile = { member: index, path, role, size: text.length, sha256, ...place };
      manifest += `${JSON.stringify(line)}\n`;
    }
    const results = {
      state: "available",
      files: files.length,
      bytes: 1,
      skipped: 0,
      offset,
      length: manifest.length - offset,
    };
    members.push({ index, job, attempt: 1, results });
    await put(peekKey("local", group, index), "a look");
  }
  await put(`${prefix}pack-0`, pack);
  await put(`results/local/${group}/0/${ulid()}/pack-0`, "of a collection that does not count");
  await put(manifestKey("local", group, 0), manifest);
  const at = new Date().toISOString();
  const states = jobs.map((job, index) => ({
    index,
    job,
    attempt: 1,
    state: "succeeded",
    exitCode: 0,
    source: "sacct",
    endedAt: at,
  }));
  const body = {
    version: 1,
    kind: "results",
    cluster: "local",
    receipt,
    at,
    group,
    slice: 0,
    collection,
    states,
    members,
  };
  await put(receiptKey("local", "2026010100", receipt), JSON.stringify(body));
  const key = receiptKey("local", "2026010100", receipt);
  await takeEvent(JSON.stringify({ Records: [{ s3: { object: { key } } }] }), gateway.parts.observe);
  return { jobs, group, prefix, pack, manifest };
};

test("a deleted job's bytes and names go from what it shares with others, whose files stay as they were", async () => {
  const { jobs, group, prefix, pack, manifest } = await collected(3);
  const [first = "", second = "", third = ""] = jobs;
  await remove(first);
  await erase();

  const kept = `${"\0".repeat("secret of 0\n".length)}secret of 1\nsecret of 2\n`;
  expect([await textOf(`${prefix}pack-0`), kept.length]).toEqual([kept, pack.length]);
  const lines = (await textOf(manifestKey("local", group, 0))) ?? "";
  expect([lines.length, lines.split("\n").filter((line) => line.trim() !== "").length]).toEqual([manifest.length, 4]);
  expect(await keysBelow(`results/local/${group}/`)).toEqual(
    [
      `${prefix}object-0`,
      `${prefix}pack-0`,
      manifestKey("local", group, 0),
      peekKey("local", group, 1),
      peekKey("local", group, 2),
    ].sort(),
  );
  expect([await fileOf(second, "stdout"), await fileOf(second, "large.bin"), await fileOf(third, "stdout")]).toEqual([
    "secret of 1\n",
    "",
    "secret of 2\n",
  ]);
  expect(gateway.messages).toContainEqual({ cluster: "local", forget: [first] });
  const item = await gateway.real.table.get({ pk: `JOB#${first}`, sk: "JOB" });
  expect(item).toMatchObject({ parameters: "{}", inputs: [], group });
  expect(item).not.toHaveProperty("eraseAt");

  await remove(second);
  await erase();
  expect(await keysBelow(prefix)).toEqual([`${prefix}pack-0`]);
  expect(await fileOf(third, "stdout")).toBe("secret of 2\n");
  await remove(third);
  await erase();
  expect(await keysBelow(`results/local/${group}/`)).toEqual([]);
});

test("an input goes with the last job of its owner that names it", async () => {
  const [shared, own] = [await gateway.upload("alice", "s", "shared"), await gateway.upload("alice", "o", "own")];
  const name = (upload: string) => ({ upload, name: upload });
  const { jobs } = await collected(2, (n) => (n === 0 ? [name(shared), name(own)] : [name(shared)]));
  const has = async () =>
    (await Promise.all([shared, own].map((one) => gateway.s3.get("inputs", uploadKey(alice, one))))).map(Boolean);
  await remove(jobs[0] ?? "");
  await erase();
  expect(await has()).toEqual([true, false]);
  const { body: again } = await gateway.request<Job>("POST", `/v1/jobs/${jobs[1]}/rerun`, { as: "alice", body: {} });
  await remove(jobs[1] ?? "");
  await erase();
  expect(await has()).toEqual([true, false]);
  await remove(again.id);
  await erase();
  expect(await has()).toEqual([false, false]);
});

test("a live job's files are waited for: its end brings the erasing forward", async () => {
  const { jobs, group } = await sent(1);
  const [job = ""] = jobs;
  await gateway.s3.put("results", peekKey("local", group, 0), Buffer.from("a look"));
  await remove(job);
  for (let turn = 0; turn < 4; turn += 1) await erase();
  expect(await keysBelow(`results/local/${group}/`)).toHaveLength(1);
  expect(gateway.messages.filter((message) => "forget" in message)).toEqual([]);

  const receipt = ulid();
  const key = receiptKey("local", "2026010100", receipt);
  const at = gateway.time.now().toISOString();
  const member = { index: 0, job, attempt: 1 };
  const states = [{ ...member, state: "cancelled", source: "sacct", startedAt: at, endedAt: at }];
  const members = [{ ...member, results: { state: "unavailable", reason: "the disk is full" } }];
  const body = {
    version: 1,
    kind: "results",
    cluster: "local",
    receipt,
    at,
    group,
    slice: 0,
    collection: ulid(),
    states,
    members,
  };
  await gateway.s3.put("results", key, Buffer.from(JSON.stringify(body)));
  await takeEvent(JSON.stringify({ Records: [{ s3: { object: { key } } }] }), gateway.parts.observe);
  await erase();
  expect(await keysBelow(`results/local/${group}/`)).toEqual([]);
  expect(gateway.messages).toContainEqual({ cluster: "local", forget: [job] });
});

test("every attempt's files go, and what comes after all is erased too", async () => {
  const { jobs, group } = await sent(1);
  const [job = ""] = jobs;
  const told = async (of: string, o: object, results: object) => {
    const receipt = ulid();
    const key = receiptKey("local", "2026010100", receipt);
    const at = gateway.time.now().toISOString();
    const member = { index: 0, job, attempt: 1, ...o };
    const states = [
      { ...member, state: "failed", reason: "node-failure", source: "sacct", startedAt: at, endedAt: at },
    ];
    const { attempt } = member;
    const members = [{ index: 0, job, attempt, results }];
    const body = {
      version: 1,
      kind: "results",
      cluster: "local",
      receipt,
      at,
      group: of,
      slice: 0,
      collection: ulid(),
    };
    await gateway.s3.put("results", `results/local/${of}/0/${ulid()}/pack-0`, Buffer.from("secret"));
    await gateway.s3.put("results", key, Buffer.from(JSON.stringify({ ...body, states, members })));
    await takeEvent(JSON.stringify({ Records: [{ s3: { object: { key } } }] }), gateway.parts.observe);
  };
  const gone = { state: "unavailable", reason: "the disk is full" };
  await told(group, {}, gone);
  await gateway.deliver();
  const { group: second = "", attempt } = (await gateway.parts.api.jobs.get(job)) ?? {};
  expect([attempt, second === group]).toEqual([2, false]);
  await remove(job);
  await told(second, { attempt: 2 }, gone);
  await erase();
  expect([await keysBelow(`results/local/${group}/`), await keysBelow(`results/local/${second}/`)]).toEqual([[], []]);

  await told(group, {}, { state: "withheld", reason: "812 GB > 50 GB" });
  expect(await keysBelow(`results/local/${group}/`)).toHaveLength(1);
  await erase();
  expect(await keysBelow(`results/local/${group}/`)).toEqual([]);
});

test("an object that somebody else has written meanwhile is read anew, not overwritten", async () => {
  const { results } = gateway.parts.erase;
  await gateway.s3.put("results", "results/x", Buffer.from("one"));
  const read = await results.read("results/x");
  await gateway.s3.put("results", "results/x", Buffer.from("two"));
  expect(await results.replace("results/x", Buffer.from("three"), read?.etag ?? "")).toBe(false);
  expect(await textOf("results/x")).toBe("two");
  expect(await results.replace("results/gone", Buffer.from("x"), read?.etag ?? "")).toBe(false);
  await results.remove(["results/x", "results/never"]);
  expect(await results.read("results/x")).toBeUndefined();
});

test.each(["before", "after"] as const)(
  "a crash %s any side effect, then another run, leaves nothing",
  async (when) => {
    let crashes = 0;
    for (let at = 1; at <= 20; at += 1) {
      const upload = await gateway.upload("alice", "i", "input");
      const { jobs, group, prefix } = await collected(2, (n) => (n === 0 ? [{ upload, name: "i" }] : []));
      await remove(jobs[0] ?? "");
      gateway.messages.length = 0;
      const bomb: Bomb = { at, when, seen: 0 };
      await erase(explosive(gateway, bomb).erase).catch(() => undefined);
      await erase();

      expect(await textOf(`${prefix}pack-0`)).toBe(`${"\0".repeat(12)}secret of 1\n`);
      expect(await keysBelow(`results/local/${group}/`)).toHaveLength(4);
      expect(await gateway.s3.get("inputs", uploadKey(alice, upload))).toBeUndefined();
      expect(gateway.messages).toContainEqual({ cluster: "local", forget: [jobs[0]] });
      expect(await gateway.real.table.get({ pk: `JOB#${jobs[0]}`, sk: "JOB" })).not.toHaveProperty("eraseAt");
      expect(await fileOf(jobs[1] ?? "", "stdout")).toBe("secret of 1\n");
      if (bomb.seen < at) break;
      crashes += 1;
    }
    // the upload, looks, other collections, the pack, the manifest, the message, the job
    expect(crashes).toBe(7);
  },
);
