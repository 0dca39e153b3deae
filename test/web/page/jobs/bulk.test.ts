// One thing done to many jobs: in hundreds, with each one's refusal.
import { describe, expect, it } from "vitest";
import type { BulkRequest, BulkResult } from "../../../../shared/contract/job.ts";
import { ProblemError } from "../../../../web/client/problem-error.ts";
import { runBulk } from "../../../../web/page/jobs/bulk.ts";

const refusal = (job: string): BulkResult => ({
  job,
  ok: false,
  problem: { type: "/problems/conflict", title: "conflict", status: 409, code: "conflict", detail: "it has ended" },
});

describe("an action on many jobs", () => {
  const jobs = Array.from({ length: 250 }, (_, index) => String(index));

  it("goes in requests of a hundred, tells how far it is, and gathers what was refused", async () => {
    const requests: BulkRequest[] = [];
    const told: number[] = [];
    const client = {
      bulk: async (request: BulkRequest) => {
        requests.push(request);
        return request.jobs.map((job): BulkResult => (job === "7" ? refusal(job) : { job, ok: true }));
      },
    };
    const outcome = await runBulk(client, "tag", jobs, "neutron", (done) => told.push(done));
    expect(requests.map((request) => request.jobs.length)).toEqual([100, 100, 50]);
    expect(requests.every(({ tag }) => tag === "neutron")).toBe(true);
    expect(told).toEqual([100, 200, 250]);
    expect(outcome.done).toHaveLength(249);
    expect(outcome.refused).toEqual([{ id: "7", why: "it has ended" }]);
  });

  it("goes on after a request that failed as a whole, but not where the sign-in has ended", async () => {
    let requests = 0;
    const failing = (error: Error) => ({
      bulk: async ({ jobs }: BulkRequest): Promise<BulkResult[]> => {
        requests += 1;
        if (requests === 2) throw error;
        return jobs.map((job) => ({ job, ok: true }));
      },
    });
    const outcome = await runBulk(failing(new TypeError("fetch failed")), "delete", jobs, undefined, () => {});
    expect([outcome.done.length, outcome.refused.length, outcome.refused[0]?.why]).toEqual([
      150,
      100,
      "the server did not answer",
    ]);
    requests = 0;
    const ended = new ProblemError(401, { title: "no valid sign-in", code: "unauthenticated" });
    await expect(runBulk(failing(ended), "delete", jobs, undefined, () => {})).rejects.toBe(ended);
    expect(requests).toBe(2);
  });
});
