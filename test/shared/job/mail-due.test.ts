// Which moves are told by mail.
import { expect, test } from "vitest";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { mailDueAfter } from "../../../shared/job/mail-due.ts";
import { submittedJob } from "./submitted-job.ts";

const to = ["alice@example.org"];
const job = (o: Partial<JobRecord>) => submittedJob({ mail: { to, on: ["running", "failed"] }, ...o });
const sweep = { id: "01JZZZZZZZZZZZZZZZZZZZZZZX", index: 0, size: 2 };

test.each<[string, Partial<JobRecord>, Partial<JobRecord>, JobRecord["mailDue"]]>([
  ["a state that was asked for", { state: "queued" }, { state: "running" }, ["running"]],
  ["one that was not", { state: "running" }, { state: "succeeded" }, undefined],
  [
    "a second one while the first is not told",
    { state: "running", mailDue: ["running"] },
    { state: "failed" },
    ["running", "failed"],
  ],
  ["the same state again", { state: "running" }, { state: "running", slurmId: "5" }, undefined],
  ["the same state again, while it is not told", { state: "running", mailDue: ["running"] }, {}, ["running"]],
  ["a lost job that is found to have failed", { state: "failed", reason: "lost" }, { reason: "exit-code" }, ["failed"]],
  ["a retry of what failed", { state: "running" }, { state: "submitted", attempt: 2 }, undefined],
  ["any end of a sweep's job", { state: "running", sweep }, { state: "succeeded" }, ["succeeded"]],
  [
    "what was deleted",
    { state: "running", mailDue: ["running"] },
    { deletedAt: "2026-01-01T00:00:00.000Z" },
    undefined,
  ],
  ["a job without mail", { state: "running", mail: undefined as never }, { state: "failed" }, undefined],
])("%s", (_what, before, change, due) => {
  const old = job(before);
  expect(mailDueAfter(old, { ...old, ...change })).toEqual(due);
});
