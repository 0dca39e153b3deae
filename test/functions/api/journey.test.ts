// One job through the cloud's own functions: submitted, dispatched, observed, its files fetched.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readReceipt } from "../../../functions/observe/read-receipt.ts";
import { Job } from "../../../shared/contract/job.ts";
import { manifestKey } from "../../../shared/headnode/manifest.ts";
import { receiptKey } from "../../../shared/headnode/receipt.ts";
import { cluster, type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

test("takes a job from its submission to its results", async () => {
  await gateway.member("alice");
  const upload = await gateway.upload("alice", "a b.txt", "some bytes");
  const submitted = await gateway.request<Job>("POST", "/v1/jobs", {
    as: "alice",
    body: scriptJob({ inputs: [{ upload, name: "a b.txt" }] }),
  });
  expect(submitted.status, JSON.stringify(submitted.body)).toBe(201);
  const { id } = Job.parse(submitted.body);

  await gateway.deliver();
  const [command] = gateway.commands;
  expect(command?.target).toBe(cluster.target);
  const batch = await gateway.batch(command?.batch ?? "");
  if (batch.verb !== "submit") throw new Error("expected a submission");
  const [group] = batch.groups;
  const [member] = group?.members ?? [];
  expect(group).toMatchObject({ account: "alice", application: { id: "script" } });
  expect(member).toMatchObject({ index: 0, job: id, attempt: 1 });
  const [input] = member?.inputs ?? [];
  const fetched = await fetch(input?.url ?? "", { headers: input?.headers ?? {} });
  expect(await fetched.text()).toBe("some bytes");
  expect((await fetch(input?.url ?? "")).status, "an unsigned read of the input").toBe(403);
  expect((await gateway.request<Job>("GET", `/v1/jobs/${id}`, { as: "alice" })).body.state).toBe("dispatched");

  const files = { stdout: "hello\n", "out/ü $(x).par": "1.5 2.5\n", "big.bin": "object bytes" };
  const [stdout, par] = [files.stdout, files["out/ü $(x).par"]];
  const collection = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
  const base = `results/local/${group?.group}/0/${collection}/`;
  const lines = [
    {
      member: 0,
      path: "stdout",
      role: "stdout",
      size: stdout.length,
      sha256: sha256(stdout),
      pack: "pack-0",
      offset: 0,
    },
    {
      member: 0,
      path: "out/ü $(x).par",
      role: "result",
      size: par.length,
      sha256: sha256(par),
      pack: "pack-0",
      offset: stdout.length,
    },
    { member: 0, path: "big.bin", role: "result", size: 12, sha256: sha256("object bytes"), object: "object-0" },
    { member: 0, path: "link", skipped: "symlink" },
  ].map((line) => `${JSON.stringify(line)}\n`);
  const head = `${JSON.stringify({ version: 1, cluster: "local", group: group?.group, slice: 0, collection, members: [0] })}\n`;
  await gateway.s3.put("results", `${base}pack-0`, Buffer.from(stdout + par));
  await gateway.s3.put("results", `${base}object-0`, Buffer.from("object bytes"));
  await gateway.s3.put("results", manifestKey("local", group?.group ?? "", 0), Buffer.from(head + lines.join("")));
  const receipt = "01JZZZZZZZZZZZZZZZZZZZZZZ1";
  const key = receiptKey("local", "2026010100", receipt);
  const state = {
    index: 0,
    job: id,
    attempt: 1,
    state: "succeeded",
    exitCode: 0,
    source: "sacct",
    startedAt: "2026-01-01T00:00:01.000Z",
    endedAt: "2026-01-01T00:00:02.000Z",
  };
  const results = {
    state: "available",
    files: 3,
    bytes: 26,
    skipped: 1,
    offset: Buffer.byteLength(head),
    length: Buffer.byteLength(lines.join("")),
  };
  const body = {
    version: 1,
    kind: "results",
    cluster: "local",
    receipt,
    at: "2026-01-01T00:00:03.000Z",
    group: group?.group,
    slurmId: "17",
    folder: "/home/alice/headgate/x",
    slice: 0,
    collection,
    states: [state],
    members: [{ index: 0, job: id, attempt: 1, results }],
  };
  await gateway.s3.put("results", key, Buffer.from(JSON.stringify(body)));
  await readReceipt(key, gateway.parts.observe);
  await readReceipt(key, gateway.parts.observe);

  const done = (await gateway.request<Job>("GET", `/v1/jobs/${id}`, { as: "alice" })).body;
  expect(Job.parse(done)).toMatchObject({
    state: "succeeded",
    slurmId: "17",
    exitCode: 0,
    results: { state: "available", files: 3 },
  });
  expect(await gateway.parts.dispatch.groups.get(group?.group ?? "")).toMatchObject({ stage: "closed", settled: "1" });
  const events = await gateway.request<{ events: { state: string }[] }>("GET", `/v1/jobs/${id}/events`, {
    as: "alice",
  });
  expect(events.body.events.map((event) => event.state)).toEqual(["submitted", "dispatched", "succeeded"]);

  type Listed = { files: { path: string; href: string; sha256: string }[]; skipped: unknown[]; cursor?: string };
  const listed = (await gateway.request<Listed>("GET", `/v1/jobs/${id}/files`, { as: "alice" })).body;
  expect(listed.files.map((file) => file.path)).toEqual(["stdout", "out/ü $(x).par", "big.bin"]);
  expect(listed.skipped).toEqual([{ path: "link", skipped: "symlink" }]);
  const first = (await gateway.request<Listed>("GET", `/v1/jobs/${id}/files?limit=2`, { as: "alice" })).body;
  const second = (
    await gateway.request<Listed>("GET", `/v1/jobs/${id}/files?limit=2&cursor=${first.cursor}`, { as: "alice" })
  ).body;
  expect([...first.files, ...second.files]).toEqual(listed.files);
  // a cursor that a person wrote themselves, into the middle of a line
  const forged = Buffer.from("FILE#5").toString("base64url");
  const refused = await gateway.request("GET", `/v1/jobs/${id}/files?cursor=${forged}`, { as: "alice" });
  expect([refused.status, refused.problem.issues?.[0]?.field]).toEqual([422, "cursor"]);

  for (const file of listed.files.slice(0, 2)) {
    const got = await gateway.request("GET", file.href, { as: "alice" });
    expect(got.status, file.path).toBe(200);
    expect(sha256(got.bytes.toString())).toBe(file.sha256);
    expect(got.headers["content-disposition"]).toContain("attachment");
    expect(got.headers["content-security-policy"]).toContain("sandbox");
    expect(
      (await gateway.request("GET", decodeURIComponent(file.href), { as: "alice" })).status,
      "decoded already",
    ).toBe(200);
    const cached = await gateway.request("GET", file.href, {
      as: "alice",
      headers: { "if-none-match": `"${file.sha256}"` },
    });
    expect(cached.status).toBe(304);
  }
  const part = await gateway.request("GET", `/v1/jobs/${id}/files/stdout`, {
    as: "alice",
    headers: { range: "bytes=1-3" },
  });
  expect([part.status, part.bytes.toString(), part.headers["content-range"]]).toEqual([206, "ell", "bytes 1-3/6"]);
  const moved = await gateway.request("GET", listed.files[2]?.href ?? "", { as: "alice" });
  expect(moved.status).toBe(302);
  const object = await fetch(moved.headers.location ?? "");
  expect([await object.text(), object.headers.get("content-disposition")]).toEqual([
    "object bytes",
    expect.stringContaining('filename="big.bin"'),
  ]);

  await gateway.member("bob");
  for (const path of ["", "/events", "/files", "/files/stdout"]) {
    expect((await gateway.request("GET", `/v1/jobs/${id}${path}`, { as: "bob" })).status, path).toBe(404);
  }
  expect((await gateway.request<{ jobs: Job[] }>("GET", "/v1/jobs", { as: "bob" })).body.jobs).toEqual([]);
});
