// What the page's one poll does with what it is told: its pace, and the few latest jobs.
import { describe, expect, it } from "vitest";
import type { Job } from "../../../../shared/contract/job.ts";
import { latestWith, unlessNewerIn } from "../../../../web/page/changes/latest.ts";
import { pollWait } from "../../../../web/page/changes/poll-pace.ts";

const job = (id: string, minute: number, state: Job["state"] = "running"): Job => {
  const at = `2026-01-01T00:${String(minute).padStart(2, "0")}:00.000Z`;
  return {
    id,
    application: "bumps",
    version: "1",
    cluster: "local",
    state,
    attempt: 1,
    parameters: {},
    resources: {},
    inputs: [],
    results: { state: "pending" },
    account: "alice",
    createdAt: at,
    changedAt: at,
  };
};

describe("the pace of the poll", () => {
  it("is brisk after a move, calm in the quiet, slow where nobody looks, and backs off from a server that fails", () => {
    const hour = 3_600_000;
    expect(pollWait({ hidden: false, failures: 0, quiet: 0 })).toBe(2_000);
    expect(pollWait({ hidden: false, failures: 0, quiet: 80_000 })).toBe(4_000);
    expect(pollWait({ hidden: false, failures: 0, quiet: hour })).toBe(6_000);
    expect(pollWait({ hidden: true, failures: 0, quiet: 0 })).toBe(60_000);
    const waits = [1, 2, 3, 4, 5, 6, 50].map((failures) => pollWait({ hidden: false, failures, quiet: 0 }));
    expect(waits).toEqual([4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(pollWait({ hidden: false, failures: 1, quiet: hour })).toBe(6_000);
  });
});

describe("the latest jobs", () => {
  const running = ({ state }: Job) => state === "running";
  const none = new Set<string>();

  it("take in what comes, in its order, and let go of what is too much", () => {
    const { latest, isShort } = latestWith(
      { jobs: [job("b", 2), job("a", 1)], seen: 2 },
      [job("a", 3), job("c", 4), job("d", 5, "failed")],
      none,
      running,
      2,
    );
    expect(latest.jobs.map(({ id }) => id)).toEqual(["c", "a"]);
    expect(latest.cursor).toBeDefined();
    expect(isShort).toBe(false);
  });

  it("show a job once, as it was last, where two lists were read while it moved", () => {
    const [live, ended] = [
      [job("b", 2), job("a", 1)],
      [job("a", 3, "succeeded"), job("b", 1, "failed")],
    ];
    expect(unlessNewerIn(ended, live).map(({ id, state }) => [id, state])).toEqual([["b", "running"]]);
    expect(unlessNewerIn(live, ended).map(({ id, state }) => [id, state])).toEqual([["a", "succeeded"]]);
    expect(unlessNewerIn([], live)).toEqual(live);
  });

  it("tell that one left where another could be in its place", () => {
    const full = { jobs: [job("b", 2), job("a", 1)], seen: 2, cursor: "more" };
    expect(latestWith(full, [job("a", 3, "succeeded")], none, running, 2).isShort).toBe(true);
    expect(latestWith(full, [], new Set(["b"]), running, 2).latest.jobs.map(({ id }) => id)).toEqual(["a"]);
    const { cursor: _, ...all } = full;
    expect(latestWith(all, [job("a", 3, "succeeded")], none, running, 2).isShort).toBe(false);
  });
});
