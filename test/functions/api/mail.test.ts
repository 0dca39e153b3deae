// Asking for mail: kept on the job where the site sends any, refused as a whole where it sends none.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "../../../shared/contract/job.ts";
import { type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
});
afterAll(() => gateway.stop());

const mail = { to: ["alice@example.org", "o'hara+jobs@example.co.uk"], on: ["succeeded", "failed"] };
const submit = (body: unknown, through?: ReturnType<Gateway["handlerOn"]>) =>
  gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body, ...(through ? { through } : {}) });

test("is shown on the job", async () => {
  const { status, body } = await submit(scriptJob({ mail }));
  expect([status, body.mail]).toEqual([201, mail]);
});

test("is refused where the site sends none, and nothing is written", async () => {
  const { api } = gateway.parts;
  const silent = gateway.handlerOn({ ...api, site: { ...api.site, mail: false } });
  const before = (await gateway.request<{ jobs: Job[] }>("GET", "/v1/jobs", { as: "alice" })).body.jobs.length;
  const { status, problem } = await submit(scriptJob({ mail }), silent);
  expect([status, problem.code, problem.issues?.[0]?.field]).toEqual([422, "mail-not-available", "mail"]);
  expect((await gateway.request<{ jobs: Job[] }>("GET", "/v1/jobs", { as: "alice" })).body.jobs).toHaveLength(before);
  expect((await submit(scriptJob(), silent)).status).toBe(201);
});

test.each([
  [{ to: ["alice"], on: ["failed"] }, "mail.to.0"],
  [{ to: ["a@example.org\nBcc: b@example.org"], on: ["failed"] }, "mail.to.0"],
  [{ to: ["Alice <a@example.org>"], on: ["failed"] }, "mail.to.0"],
  [{ to: [], on: ["failed"] }, "mail.to"],
  [{ to: Array.from({ length: 6 }, (_, n) => `a${n}@example.org`), on: ["failed"] }, "mail.to"],
  [{ to: ["a@example.org"], on: ["queued"] }, "mail.on.0"],
  [{ to: ["a@example.org"], on: [] }, "mail.on"],
])("is refused as %j", async (wish, field) => {
  const { status, problem } = await submit(scriptJob({ mail: wish }));
  expect([status, problem.code]).toEqual([422, "invalid-request"]);
  expect(problem.issues?.map((issue) => issue.field)).toContain(field);
});
