// `headgate wait` and `headgate logs`: how a job's end is told.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ranged, type StubSite, someFile, someId, someJob, startStubSite } from "./stub-site.ts";

let site: StubSite;
beforeEach(async () => {
  site = await startStubSite();
});
afterEach(() => site.stop());

describe("wait", () => {
  it.each([
    ["0 for success", { state: "succeeded" }, 0],
    ["the job's own exit code", { state: "failed", reason: "exit-code", exitCode: 17 }, 17],
    ["128+n for signal n", { state: "failed", reason: "signal", signal: 11 }, 139],
    ["124 for the time limit", { state: "failed", reason: "time-limit", exitCode: 0, signal: 15 }, 124],
    ["137 for out of memory", { state: "failed", reason: "out-of-memory", exitCode: 125 }, 137],
    ["123 for lost", { state: "failed", reason: "lost" }, 123],
    ["126 for rejected", { state: "failed", reason: "rejected" }, 126],
    ["130 for cancelled", { state: "cancelled" }, 130],
  ] as const)("returns %s", async (_what, job, expected) => {
    site.jobs.set(someId(1), someJob(1, job));
    expect((await site.run(["wait", someId(1).toLowerCase()])).code).toBe(expected);
  });

  it("returns 125 where there is no such job, and of several that of the first that did not succeed", async () => {
    site.jobs.set(someId(1), someJob(1));
    site.jobs.set(someId(2), someJob(2, { state: "failed", reason: "exit-code", exitCode: 3 }));
    site.jobs.set(someId(3), someJob(3, { state: "failed", reason: "exit-code", exitCode: 4 }));

    const { code, out } = await site.run(["wait", "--json", "--quiet", someId(1), someId(2), someId(3)]);
    expect(code).toBe(3);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual([someId(1), someId(2), someId(3)]);
    expect((await site.run(["wait", someId(9)])).code).toBe(125);
  });

  it.each([2, 9])("waits for the others where one of %i is not there, and names it", async (count) => {
    const live = { state: "running", results: { state: "pending" }, changedAt: new Date().toISOString() } as const;
    const ids = Array.from({ length: count }, (_, place) => someId(place + 1));
    for (const [place, id] of ids.entries()) site.jobs.set(id, someJob(place + 1, live));
    // of few each is asked for; of many one is deleted meanwhile, another one after its end
    if (count === 2) site.jobs.delete(someId(1));
    site.on(({ path: at }) => {
      if (at.endsWith(someId(1)) && count === 2) setTimeout(() => site.jobs.set(someId(2), someJob(2)), 100);
      if (!at.startsWith("/v1/changes")) return undefined;
      const ended = ids.slice(1).map((_, place) => someJob(place + 2));
      const told = at.includes("since");
      return {
        body: { jobs: told ? ended : [], deleted: told ? [someId(1), someId(2)] : [], next: "c", more: false },
      };
    });
    const { code, out, said } = await site.run(["wait", "--json", ...ids]);

    expect([code, out.trim().split("\n").length]).toEqual([125, count - 1]);
    expect(said).toContain(`headgate: ${someId(1)}: ${count === 2 ? "there is no" : "the job was deleted\n"}`);
    expect(said).toContain(`${someId(2)}  succeeded`);
  });

  it("asks one question for many jobs", async () => {
    const ids = Array.from({ length: 12 }, (_, place) => someId(place + 1));
    for (const [place, id] of ids.entries())
      site.jobs.set(id, someJob(place + 1, { state: "running", results: { state: "pending" } }));
    let asked = 0;
    site.on(({ path: at }) => {
      if (!at.startsWith("/v1/changes")) return undefined;
      asked += 1;
      const jobs = asked === 2 ? ids.map((_, place) => someJob(place + 1)) : [];
      return { body: { jobs, deleted: [], next: `c${asked}`, more: false } };
    });

    expect((await site.run(["wait", ...ids])).code).toBe(0);
    expect(asked).toBe(2);
    expect(site.sent.filter((one) => one.path.startsWith("/v1/jobs/"))).toHaveLength(12);
  });
});

describe("logs", () => {
  const content = Buffer.from(Array.from({ length: 40_000 }, (_, line) => `line ${line} é\n`).join(""));

  it("prints a log that was cut off as one, and its last lines alone", async () => {
    site.jobs.set(someId(1), someJob(1));
    const file = someFile(someId(1), "stdout", content, "stdout");
    let cuts = 0;
    site.on((request) => {
      if (request.path.includes("/files?")) return { body: { files: [file], skipped: [] } };
      if (request.path !== file.href) return undefined;
      cuts += 1;
      return cuts === 1 ? { ...ranged(request, content), cutAfter: 70_001 } : ranged(request, content);
    });

    expect((await site.run(["logs", someId(1)])).out).toBe(content.toString());
    expect(cuts).toBe(2);
    const last = await site.run(["logs", someId(1), "--lines", "6000"]);
    expect(last.out.split("\n")).toHaveLength(6_001);
    expect(last.out.startsWith("line 34000 é\n")).toBe(true);
    expect((await site.run(["logs", someId(1), "--stderr"])).said).toContain("has no stderr");
  });

  it("follows a job from its looks into its result, each byte once", async () => {
    site.jobs.set(someId(1), someJob(1, { state: "running", results: { state: "pending" } }));
    const file = someFile(someId(1), "stdout", content, "stdout");
    const looks = [0, 10, 5_000, 5_000, 90_000].map((size) => ({
      at: "2026-01-01T00:00:00.000Z",
      stdout: {
        size,
        from: Math.max(0, size - 65_536),
        text: content.subarray(Math.max(0, size - 65_536), size).toString(),
      },
    }));
    let looked = 0;
    site.on((request) => {
      if (/\/(peek|live)$/.test(request.path)) {
        looked += 1;
        if (looked >= looks.length) site.jobs.set(someId(1), someJob(1));
        return { body: looks[looked - 1] ?? {} };
      }
      if (request.path.includes("/files?")) return { body: { files: [file], skipped: [] } };
      return request.path === file.href ? ranged(request, content) : undefined;
    });
    const { code, out, said } = await site.run(["logs", "-f", someId(1)], { HEADGATE_LOOK_MS: "5" });

    // what was printed of the third look ends before the é that it cuts
    const skipped = Number(/\[(\d+) bytes/.exec(said)?.[1]);
    expect(90_000 - 65_536 - skipped).toBeGreaterThan(4_997);
    expect(code).toBe(0);
    expect(said).toBe(`\n[${skipped} bytes are not shown here; they come back with the results]\n`);
    const printed = Buffer.from(out);
    const before = 90_000 - 65_536 - skipped;
    expect(printed.subarray(0, before).equals(content.subarray(0, before))).toBe(true);
    const after = printed.subarray(before);
    expect(content.length - 90_000 + 65_536 - after.length).toBeLessThan(3);
    expect(after.equals(content.subarray(-after.length))).toBe(true);
  });

  it("begins anew with each attempt that follows by itself, and says so", async () => {
    const running = { state: "running", results: { state: "pending" } } as const;
    site.jobs.set(someId(1), someJob(1, running));
    const second = Buffer.from("second: as long as it was, and some more\n");
    const file = someFile(someId(1), "stdout", second, "stdout");
    const look = (text: string) => ({ at: "2026-01-01T00:00:00.000Z", stdout: { size: text.length, from: 0, text } });
    const looks = [look("first: as long as it was\n"), look("second: as long")];
    let peeks = 0;
    site.on((request) => {
      if (request.path.endsWith("/peek")) {
        peeks += 1;
        site.jobs.set(someId(1), peeks === 1 ? someJob(1, { ...running, attempt: 2 }) : someJob(1, { attempt: 2 }));
        return { body: looks[peeks - 1] ?? {} };
      }
      if (request.path.includes("/files?")) return { body: { files: [file], skipped: [] } };
      return request.path === file.href ? ranged(request, second) : undefined;
    });
    const { code, out, said } = await site.run(["logs", "-f", someId(1)], { HEADGATE_LOOK_MS: "5" });

    expect([code, peeks, out]).toEqual([0, 2, `first: as long as it was\n${second}`]);
    expect(said).toBe(
      `\n[attempt 2: its log begins here; all of attempt 1 comes with headgate get ${someId(1)} --attempt 1]\n`,
    );
  });
});

it("shows text of a job without its control characters", async () => {
  const name = "\u001b[31mred\u202e\n";
  site.on(({ path: at }) =>
    at.startsWith("/v1/jobs?") ? { body: { jobs: [someJob(1, { name })], seen: 1 } } : undefined,
  );

  expect((await site.run(["jobs"])).out).toMatch(/ \?\[31mred\?\?\n$/);
  expect(JSON.parse((await site.run(["jobs", "--json"])).out).jobs[0].name).toBe(name);
});
