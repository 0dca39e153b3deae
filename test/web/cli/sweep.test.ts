// `headgate sbatch --array` that is submitted in part only: what is told of it, and how it goes on.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobSubmission } from "../../../shared/contract/job.ts";
import { problem, type StubSite, someId, startStubSite } from "./stub-site.ts";

let site: StubSite;
beforeEach(async () => {
  site = await startStubSite();
});
afterEach(() => site.stop());

describe("an array", () => {
  const script = (lines: string) => site.put("job.sh", `#!/bin/bash\n${lines}\necho\n`);

  it("that stopped half-way is told of by what there is, and goes on under its key", async () => {
    const file = script("#SBATCH --array=1-12");
    let posts = 0;
    site.on(({ method, path: at }) => {
      if (method !== "POST" || at !== "/v1/jobs") return undefined;
      posts += 1;
      return posts > 5 ? problem(403, "account-disabled", "the account is disabled") : undefined;
    });
    const first = await site.run(["sbatch", file, "argument"]);
    const sweep = (JSON.parse(site.sent.at(-1)?.body.toString() ?? "") as JobSubmission).sweep?.id;

    expect([first.code, first.out, site.jobs.size]).toEqual([3, "", 5]);
    expect(first.said.split("\n").slice(0, 2)).toEqual([
      "headgate: the account is disabled",
      `5 of the 12 jobs of sweep ${sweep} were accepted`,
    ]);
    for (const id of site.jobs.keys()) expect(first.said).toContain(`  ${id}  submitted  script on local  job.sh[`);
    const key = /\nthe same command with --key (\S+) goes on where it stopped\n$/.exec(first.said)?.[1] ?? "";

    posts = -100;
    const second = await site.run(["sbatch", "--key", key, file, "argument"]);
    expect([second.code, second.said]).toEqual([0, ""]);
    expect(second.out).toMatch(new RegExp(`^Submitted 12 batch jobs of sweep ${sweep}:\n`));
    expect(site.jobs.size).toBe(12);
    expect(site.sent.filter((one) => one.path === "/v1/uploads")).toHaveLength(1);
  });

  it("whose site went away is told to a program by what there is, and by how much is not known", async () => {
    const file = script("#SBATCH --array=1-3");
    site.on(({ method, path: at, headers }) =>
      method === "POST" && at === "/v1/jobs" && !/-0$/.test(String(headers["idempotency-key"]))
        ? problem(503, "unavailable", "later")
        : undefined,
    );
    const { code, out, said } = await site.run(["sbatch", "--json", "--key", "mine", file]);

    expect(code).toBe(6);
    expect(JSON.parse(out)).toMatchObject({ sweep: { size: 3 }, jobs: [{ id: someId(100) }], key: "mine" });
    expect(said).toContain("later\n1 of the 3 jobs of sweep ");
    expect(said).toContain(" were accepted; of 2 it is not known\n");
    expect(said).toContain("the same command with --key mine goes on");
  });

  it("that is interrupted is told of by what there is, when those under way are there", async () => {
    let posts = 0;
    site.on(({ method, path: at }) => {
      if (method === "POST" && at === "/v1/jobs") posts += 1;
      if (posts === 5) site.interrupt();
      return undefined;
    });
    const { code, said } = await site.run(["sbatch", script("#SBATCH --array=0-99")]);

    expect([code, site.jobs.size < 20]).toEqual([1, true]);
    expect(said).toContain(`headgate: interrupted\n${site.jobs.size} of the 100 jobs of sweep `);
    for (const id of site.jobs.keys()) expect(said).toContain(id);
    expect(said).toMatch(/the same command with --key \S+ goes on where it stopped\n$/);
  });

  it("of which nothing was accepted is only told why", async () => {
    site.on(({ method, path: at }) =>
      method === "POST" && at === "/v1/jobs" ? problem(422, "resources-exceeded", "too much") : undefined,
    );
    expect(await site.run(["sbatch", script("#SBATCH --array=1-3")])).toEqual({
      code: 5,
      out: "",
      said: "headgate: too much\n",
    });
  });
});
