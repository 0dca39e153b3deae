// The application "script" with its output in files and variables of its own, run by a real sh.
import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJob } from "../../../shared/application/applications.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { outputNameFault } from "../../../shared/slurm/output-name.ts";
import { runRendered } from "./run-rendered.ts";

type Asked = { env?: Record<string, string>; inputs?: Record<string, string> };
const run = (parameters: Record<string, unknown>, { env = {}, inputs = {} }: Asked = {}) =>
  runRendered({ application: "script", parameters, inputs, env });
const contents = (work: string, name: string) => readFileSync(path.join(work, name), "utf8");
const slurm = { SLURM_JOB_ID: "41", SLURM_ARRAY_JOB_ID: "37", SLURM_ARRAY_TASK_ID: "5", SLURM_ARRAY_TASK_COUNT: "9" };

describe("a script whose output goes to files", () => {
  const both = "echo out; echo err >&2; exit 3";

  it("has it there and in the job's own log, and its own exit code", async () => {
    using ran = await run({ text: both, output: "a.out", error: "logs/deep/b.err" });

    expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, "out\n", "err\n"]);
    expect([contents(ran.work, "a.out"), contents(ran.work, "logs/deep/b.err")]).toEqual(["out\n", "err\n"]);
    expect(ran.made).toEqual(["a.out", "logs", "logs/deep", "logs/deep/b.err"]);
  });

  it("puts errors with the output where no file is named for them, as sbatch does", async () => {
    using ran = await run({ text: both, output: "-all" });
    using same = await run({ text: both, output: "x%%", error: "x%%" });

    expect([ran.stdout, ran.stderr, contents(ran.work, "-all")]).toEqual(["out\nerr\n", "", "out\nerr\n"]);
    expect([same.stdout, contents(same.work, "x%")]).toEqual(["out\nerr\n", "out\nerr\n"]);
  });

  it("leaves the output in the log where only the errors have a file", async () => {
    using ran = await run({ text: both, error: "e" });

    expect([ran.code, ran.stdout, ran.stderr, ran.made, contents(ran.work, "e")]).toEqual([
      3,
      "out\n",
      "err\n",
      ["e"],
      "err\n",
    ]);
  });

  it("loses nothing of megabytes, and does not wait for what the script left running", async () => {
    const text = "sleep 30 & head -c 3000000 /dev/zero | tr '\\0' x; echo end";
    using ran = await run({ text, output: "big" });

    expect(ran.stdout).toBe(`${"x".repeat(3_000_000)}end\n`);
    expect(contents(ran.work, "big")).toBe(ran.stdout);
  });

  it("tells the script of a signal, and keeps what it says then", async () => {
    const text = "trap 'echo caught; exit 9' TERM; kill -TERM $PPID; sleep 20 & wait; wait";
    using ran = await run({ text, output: "o" });

    expect([ran.code, ran.stdout, contents(ran.work, "o")]).toEqual([9, "caught\n", "caught\n"]);
  });

  it("replaces Slurm's patterns with what is known when it runs", async () => {
    const env = { ...slurm, SLURMD_NODENAME: "n7.example.org" };
    using ran = await run({ text: "echo", output: "%j-%A-%a-%u-%N-%%j-%10A.log" }, { env });
    using member = await run({ text: "echo", output: "%A_%3a", environment: ["SLURM_ARRAY_TASK_ID=08"] }, { env });
    using plain = await run({ text: "echo", output: "%A.%N" }, { env: { SLURM_JOB_ID: "41" } });

    expect(ran.made).toEqual([`41-37-4294967294-${userInfo().username}-n7-%j-0000000037.log`]);
    expect(member.made).toEqual(["37_008"]);
    expect(plain.made).toEqual([`41.${hostname().split(".")[0]}`]);
  });

  it("makes exactly the file that a name without patterns says", async () => {
    const name = fc.string({
      unit: fc.constantFrom("a", " ", "'", '"', "$", "\\", "*", "-", "~", "é", "`", "/", "."),
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        name.filter((text) => outputNameFault(text) === undefined),
        async (output) => {
          using ran = await run({ text: "echo here", output });
          expect([ran.stderr, contents(ran.work, output)]).toEqual(["", "here\n"]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each(["/tmp/x", "../x", "a/../../x", "%x", "%100j", "50%", "a\nb", "", "a.sh"])(
    "refuses %j as a name",
    (output) => {
      expect(() =>
        renderJob({ application: "script", parameters: { script: "a.sh", output }, resources: {}, inputs: ["a.sh"] }),
      ).toThrow(GatewayError);
    },
  );
});

describe("a script's variables", () => {
  it("reach it with any value, and none of them changes how it is run", async () => {
    const value = fc
      .string({ unit: "binary", maxLength: 20 })
      .filter((text) => !text.includes("\0") && text.isWellFormed());
    const given = fc.dictionary(
      fc.constantFrom("A", "program", "output", "interpreter", "slurm_task", "x_1", "first"),
      value,
    );
    const text = "import os\nfor n in sorted(os.environb):\n    print(n.hex(), os.environb[n].hex())";
    await fc.assert(
      fc.asyncProperty(given, async (variables) => {
        const environment = Object.entries(variables).map(([name, of]) => `${name}=${of}`);
        using ran = await run({ text, interpreter: "python3", environment });
        const seen = Object.fromEntries(
          ran.stdout.split("\n").map((line) => line.split(" ").map((hex) => Buffer.from(hex, "hex").toString())),
        ) as Record<string, string>;
        for (const [name, of] of Object.entries(variables)) expect(seen[name]).toBe(of);
      }),
      { numRuns: 25 },
    );
  });

  it("are those of an array only where the job was asked for as a member of one", async () => {
    const text = "env | grep ^SLURM_ARRAY | sort";
    const array = ["SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_MAX=3"];
    using alone = await run({ text }, { env: slurm });
    using member = await run({ text, environment: array }, { env: slurm });
    using single = await run({ text, environment: array }, { env: { SLURM_JOB_ID: "41" } });

    expect(alone.stdout).toBe("");
    expect(member.stdout).toBe("SLURM_ARRAY_JOB_ID=37\nSLURM_ARRAY_TASK_ID=2\nSLURM_ARRAY_TASK_MAX=3\n");
    expect(single.stdout).toBe("SLURM_ARRAY_JOB_ID=41\nSLURM_ARRAY_TASK_ID=2\nSLURM_ARRAY_TASK_MAX=3\n");
  });

  it("say that it was submitted from the job's folder", async () => {
    using ran = await run({ text: 'cd / && cd "$SLURM_SUBMIT_DIR" && cat in' }, { inputs: { in: "here" } });

    expect(ran.stdout).toBe("here");
  });

  it.each([["A"], ["1A=b"], ["A B=c"], ["=x"], ["A=1", "A=2"], ["A=\0"]])("are refused as %j", (...environment) => {
    const parameters = { text: "a", environment };
    expect(() => renderJob({ application: "script", parameters, resources: {}, inputs: [] })).toThrow(
      /parameters\.environment\.\d is not valid/,
    );
  });
});
