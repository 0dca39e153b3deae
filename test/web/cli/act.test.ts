// `headgate cancel` and `headgate delete` of several jobs.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problem, type StubSite, someId, someJob, startStubSite } from "./stub-site.ts";

let site: StubSite;
beforeEach(async () => {
  site = await startStubSite();
  for (const place of [1, 3]) site.jobs.set(someId(place), someJob(place, { state: "running" }));
  site.on(({ method, path: at }) => {
    const job = site.jobs.get(/^\/v1\/jobs\/([^/]+)/.exec(at)?.[1] ?? "");
    if (!job) return undefined;
    if (method === "DELETE") return { status: 204 };
    return at.endsWith("/cancel") ? { body: { ...job, cancelRequestedAt: "2026-01-01T00:00:00.000Z" } } : undefined;
  });
});
afterEach(() => site.stop());

const done = (method: string) =>
  site.sent.filter((one) => one.method === method).map((one) => one.path.replace(/^\/v1\/jobs\//, ""));

describe("several jobs", () => {
  it("are all cancelled that can be, each with a line of its own, and the highest code ends it", async () => {
    const { code, out, said } = await site.run(["cancel", someId(1), "no\u001bid", someId(2), someId(3)]);

    expect(done("POST").filter((one) => !one.startsWith(someId(2)))).toEqual([
      `${someId(1)}/cancel`,
      `${someId(3)}/cancel`,
    ]);
    expect(out.split("\n")).toEqual([
      `${someId(1)}  running, cancelling  script on local`,
      `${someId(3)}  running, cancelling  script on local`,
      "",
    ]);
    expect(said.split("\n")).toEqual([
      expect.stringContaining('headgate: "no\\u001bid": "no\\u001bid" is no id of a job; accepted is'),
      `headgate: ${someId(2)}: there is no /v1/jobs/${someId(2)}/cancel`,
      "",
    ]);
    expect(code).toBe(4);
  });

  it("are all deleted that can be, and a program is told of each on a line", async () => {
    const { code, out } = await site.run(["delete", "--json", someId(1), someId(2), "x", someId(3), someId(1)]);

    expect(done("DELETE")).toEqual([someId(1), someId(3)]);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { id: someId(1), deleted: true },
      { id: someId(2), error: { kind: "absent", detail: expect.stringContaining("there is no") } },
      { id: "x", error: { kind: "usage", detail: expect.stringContaining("is no id of a job") } },
      { id: someId(3), deleted: true },
    ]);
    expect(code).toBe(4);
  });

  it("end with 0 where nothing went wrong, and with the code of a refusal", async () => {
    expect((await site.run(["cancel", someId(1), someId(3)])).code).toBe(0);
    site.on(() => problem(403, "account-disabled", "the account is disabled"));
    expect((await site.run(["delete", someId(1), someId(3)])).code).toBe(3);
  });
});
