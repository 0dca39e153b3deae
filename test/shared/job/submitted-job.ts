// A job as it is right after it was submitted.
import type { JobRecord } from "../../../shared/job/job-record.ts";

/** The record, with whatever is to be otherwise. */
export const submittedJob = (o: Partial<JobRecord> = {}): JobRecord => ({
  id: "01JZZZZZZZZZZZZZZZZZZZZZZZ",
  person: "01JZZZZZZZZZZZZZZZZZZZZZZY",
  application: "script",
  version: "1",
  cluster: "local",
  state: "submitted",
  source: "api",
  attempt: 1,
  parameters: {},
  resources: {},
  inputs: [],
  results: { state: "pending" },
  account: "alice",
  createdAt: "2026-01-01T00:00:00.000Z",
  changedAt: "2026-01-01T00:00:00.000Z",
  events: [],
  revision: 1,
  ...o,
});
