// What `headgate submit` and `headgate sbatch` send, and what they refuse.
import { readFileSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobSubmission } from "../../../shared/contract/job.ts";
import { problem, type StubSite, someId, startStubSite } from "./stub-site.ts";

let site: StubSite;
beforeEach(async () => {
  site = await startStubSite();
});
afterEach(() => site.stop());

const submitted = () =>
  site.sent
    .filter(({ method, path: at }) => method === "POST" && at === "/v1/jobs")
    .map(({ body, headers }) => ({
      key: headers["idempotency-key"],
      ...(JSON.parse(body.toString()) as JobSubmission),
    }));

describe("submit", () => {
  it("types parameters by the application, names files by where they lie, and prints the job", async () => {
    site.put("in/a/deep.txt", "1");
    site.put("in/b.txt", "2");
    const model = site.put("my model.py", "m");
    const argv = [
      "submit",
      "bumps",
      model,
      site.here("in"),
      "--set",
      "fitter=dream",
      "--set",
      "steps=50",
      "--time",
      "1-0",
      "--mem",
      "2G",
    ];
    const { code, out, said } = await site.run([
      ...argv,
      "--tag",
      "t",
      "--retry",
      "3",
      "--mail",
      "a@example.org",
      "--json",
    ]);

    expect([code, said]).toEqual([0, ""]);
    expect(JSON.parse(out)).toMatchObject({ id: someId(100), state: "submitted" });
    const [sent] = submitted();
    expect(sent?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent).toMatchObject({
      application: "bumps",
      parameters: { model: "my model.py", fitter: "dream", steps: 50 },
      resources: { wallMinutes: 1_440, memoryMb: 2_048 },
      tags: ["t"],
      retry: { limit: 3, on: ["node-failure", "preempted"] },
      mail: { to: ["a@example.org"], on: ["succeeded", "failed", "cancelled"] },
    });
    expect(sent?.inputs.map((input) => input.name)).toEqual(["my model.py", "in/a/deep.txt", "in/b.txt"]);
    expect(
      site.sent
        .filter((one) => one.method === "PUT")
        .map((one) => one.body.toString())
        .sort(),
    ).toEqual(["1", "2", "m"]);
  });

  it("reads a value from a file, grows a list with each mention, and takes a whole list as JSON", async () => {
    const text = site.put("text.sh", "echo 1\necho 2\n");
    const sets = [`text=@${text}`, "arguments=@@home", "arguments=b=c", 'environment=["A=1","B=2"]'];
    const { code } = await site.run(["submit", "script", ...sets.flatMap((set) => ["--set", set])]);

    expect(code).toBe(0);
    expect(submitted()[0]?.parameters).toEqual({
      text: "echo 1\necho 2\n",
      arguments: ["@home", "b=c"],
      environment: ["A=1", "B=2"],
    });
  });

  it("names field, value and what is accepted, and sends nothing", async () => {
    const file = site.put("a.sh", "");
    const wrong = async (...argv: string[]) => {
      const { code, said } = await site.run(["submit", ...argv]);
      return `${code} ${said}`;
    };
    expect(await wrong("bumps", file, "--set", "steps=many")).toContain(
      '5 headgate: parameters.steps is not accepted\n  parameters.steps is "many"; accepted is a whole number',
    );
    expect(await wrong("script", file, "--set", "nonsense=1")).toContain(
      'parameters.nonsense is "1"; accepted is no such field; there are script, text,',
    );
    expect(await wrong("script", file, "--set", "__proto__=1")).toContain("parameters.__proto__ is");
    expect(await wrong("script", file, "--set", "interpreter=perl")).toContain(
      'parameters.interpreter is "perl"; accepted is one of auto',
    );
    expect(await wrong("script", file, "--partition", "a b")).toContain(
      'resources.partition is "a b"; accepted is the name of a partition',
    );
    expect(await wrong("script", file, "--mem", "1G", "--mem-per-cpu", "1G")).toContain(
      "either this or memoryMb, not both",
    );
    expect(await wrong("script", file, "--time", "5m")).toMatch(
      /^2 headgate: --time "5m" is not accepted; accepted is minutes,/,
    );
    expect(await wrong("script", site.here("none"))).toBe(`2 headgate: there is no file ${site.here("none")}\n`);
    expect(await wrong("gene", file)).toMatch(
      /^4 headgate: there is no application "gene"; accepted is one of script, bumps/,
    );
    expect(await wrong("script", file, "--frob")).toContain("2 error: unknown option '--frob'");
    expect(submitted()).toEqual([]);
    expect(site.sent.some((one) => one.path === "/v1/uploads")).toBe(false);
  });

  it("is the same request again under the same key, and another one with other content", async () => {
    const file = site.put("a.sh", "echo 1");
    const argv = ["submit", "script", file, "--key", "mine", "--parsable"];
    const [first, second] = [await site.run(argv), await site.run(argv)];
    site.put("a.sh", "echo 2");
    const third = await site.run(argv);

    expect(second.out).toBe(first.out);
    expect(site.jobs.size).toBe(1);
    expect([third.code, third.said]).toEqual([5, "headgate: the key was used with another body\n"]);
  });

  it("tries again where an upload or an answer was cut off, and the job is one", async () => {
    const file = site.put("a.sh", "echo 1");
    let puts = 0;
    let posts = 0;
    site.on(({ method, path: at }) => {
      if (method === "PUT") {
        puts += 1;
        return { status: puts === 1 ? 503 : 412 };
      }
      if (method !== "POST" || at !== "/v1/jobs") return undefined;
      posts += 1;
      return posts === 1 ? problem(503, "unavailable", "later") : undefined;
    });
    const { code } = await site.run(["submit", "script", file]);

    expect([code, puts, posts]).toEqual([0, 2, 2]);
    const keys = submitted().map(({ key }) => key);
    expect(new Set(keys).size).toBe(1);
  });

  it("leaves out what is no file, and does not walk round in circles", async () => {
    site.put("in/a.txt", "1");
    symlinkSync(site.here("in"), site.here("in/again"));
    symlinkSync(site.here("in/a.txt"), site.here("in/link.txt"));
    const { said } = await site.run(["submit", "script", site.here("in"), "--set", "text=x"]);

    expect(said).toBe(`${site.here("in/again")} is left out: it is a link to a folder\n`);
    expect(submitted()[0]?.inputs.map((input) => input.name)).toEqual(["in/a.txt", "in/link.txt"]);
  });
});

describe("sbatch", () => {
  const script = (lines: string) => site.put("job.sh", `#!/bin/bash\n${lines}\necho\n`);

  it("submits the script as it is, with what its lines and the command line ask for", async () => {
    const file = script("#SBATCH -J fit -n2 --mem-per-cpu=1G\n#SBATCH -o %x-%j.out\n#SBATCH --mail-type=FAIL");
    const data = site.put("data.txt", "d");
    const argv = ["sbatch", "--with", data, "-t", "10", "--tag=t", "--env", "A=b c", file, "--json", "-t9"];
    const { code, out, said } = await site.run(argv);

    expect([code, said, out]).toEqual([0, "", `Submitted batch job ${someId(100)}\n`]);
    expect(submitted()[0]).toMatchObject({
      application: "script",
      name: "fit",
      tags: ["t"],
      parameters: {
        script: "job.sh",
        arguments: ["--json", "-t9"],
        environment: ["SLURM_JOB_NAME=fit", "A=b c"],
        output: "fit-%j.out",
      },
      resources: { tasks: 2, memoryPerCpuMb: 1_024, wallMinutes: 10 },
      mail: { to: ["alice@example.org"], on: ["failed"] },
    });
    const sent = site.sent.filter((one) => one.method === "PUT").map((one) => one.body);
    expect(sent.some((body) => body.equals(readFileSync(file)))).toBe(true);
  });

  it("makes a sweep of an array, each with what sbatch would tell it, and the same one again under its key", async () => {
    const file = script("#SBATCH --array=1-5:2%2");
    const argv = ["sbatch", "--key", "k", file];
    const { code, out, said } = await site.run(argv);
    const again = await site.run(argv);

    expect(code).toBe(0);
    expect(said).toBe(`${file}:2: %2 of --array is not heeded: how many run at once is the cluster's to decide\n`);
    expect(again.out).toBe(out);
    const sent = submitted()
      .slice(0, 3)
      .sort((a, b) => (a.sweep?.index ?? 0) - (b.sweep?.index ?? 0));
    expect(sent.map((one) => one.name)).toEqual(["job.sh[1]", "job.sh[3]", "job.sh[5]"]);
    expect(sent.map((one) => one.key)).toEqual([0, 1, 2].map((index) => `${sent[0]?.sweep?.id}-${index}`));
    expect(sent[1]?.sweep).toMatchObject({ index: 1, size: 3 });
    expect(sent[1]?.parameters.environment).toEqual([
      "SLURM_JOB_NAME=job.sh",
      "SLURM_ARRAY_TASK_ID=3",
      "SLURM_ARRAY_TASK_MIN=1",
      "SLURM_ARRAY_TASK_MAX=5",
      "SLURM_ARRAY_TASK_COUNT=3",
      "SLURM_ARRAY_TASK_STEP=2",
    ]);
    expect(site.jobs.size).toBe(3);
  });

  it("refuses by file, line and option, all at once, and sends nothing", async () => {
    const file = script("#SBATCH --chdir=/x\n#SBATCH --time=5m\n# more\n#SBATCH -d afterok:1");
    const { code, said } = await site.run(["sbatch", "--requeue", file]);

    expect(code).toBe(5);
    expect(said.split("\n").map((line) => line.slice(0, line.indexOf("accepted")))).toEqual([
      `headgate: ${file}:2: --chdir is not `,
      `${file}:5: --dependency is not `,
      "headgate sbatch: --requeue is not ",
      `${file}:3: --time=5m is not `,
      "",
    ]);
    const marked = site.put("marked.sh", "\ufeff#!/bin/sh\n");
    expect(await site.run(["sbatch", marked])).toMatchObject({
      code: 5,
      said: expect.stringContaining(`${marked}:1: the file begins with a byte order mark`),
    });
    expect(site.sent).toEqual([]);
    expect((await site.run(["sbatch"])).code).toBe(2);
    expect((await site.run(["sbatch", "--help"])).out).toContain("Usage: headgate sbatch [options] SCRIPT");
  });
});
