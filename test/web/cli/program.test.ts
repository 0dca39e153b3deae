// The command line against a site of the test's own: what it sends, what it prints, how it ends.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobSubmission } from "../../../shared/contract/job.ts";
import { problem, ranged, type StubSite, someFile, someId, someJob, startStubSite } from "./stub-site.ts";

let site: StubSite;
beforeEach(async () => {
  site = await startStubSite();
});
afterEach(() => site.stop());

const here = (name: string) => path.join(site.folder, name);
function put(name: string, content: string | Uint8Array): string {
  mkdirSync(path.dirname(here(name)), { recursive: true });
  writeFileSync(here(name), content);
  return here(name);
}
const submitted = () =>
  site.sent
    .filter(({ method, path: at }) => method === "POST" && at === "/v1/jobs")
    .map(({ body, headers }) => ({
      key: headers["idempotency-key"],
      ...(JSON.parse(body.toString()) as JobSubmission),
    }));

describe("submit", () => {
  it("types parameters by the application, names files by where they lie, and prints the job", async () => {
    put("in/a/deep.txt", "1");
    put("in/b.txt", "2");
    const model = put("my model.py", "m");
    const argv = [
      "submit",
      "bumps",
      model,
      here("in"),
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
    const text = put("text.sh", "echo 1\necho 2\n");
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
    const file = put("a.sh", "");
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
    expect(await wrong("script", here("none"))).toBe(`2 headgate: there is no file ${here("none")}\n`);
    expect(await wrong("gene", file)).toMatch(
      /^4 headgate: there is no application "gene"; accepted is one of script, bumps/,
    );
    expect(await wrong("script", file, "--frob")).toContain("2 error: unknown option '--frob'");
    expect(submitted()).toEqual([]);
    expect(site.sent.some((one) => one.path === "/v1/uploads")).toBe(false);
  });

  it("is the same request again under the same key, and another one with other content", async () => {
    const file = put("a.sh", "echo 1");
    const argv = ["submit", "script", file, "--key", "mine", "--parsable"];
    const [first, second] = [await site.run(argv), await site.run(argv)];
    put("a.sh", "echo 2");
    const third = await site.run(argv);

    expect(second.out).toBe(first.out);
    expect(site.jobs.size).toBe(1);
    expect([third.code, third.said]).toEqual([5, "headgate: the key was used with another body\n"]);
  });

  it("tries again where an upload or an answer was cut off, and the job is one", async () => {
    const file = put("a.sh", "echo 1");
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
    put("in/a.txt", "1");
    symlinkSync(here("in"), here("in/again"));
    symlinkSync(here("in/a.txt"), here("in/link.txt"));
    const { said } = await site.run(["submit", "script", here("in"), "--set", "text=x"]);

    expect(said).toBe(`${here("in/again")} is left out: it is a link to a folder\n`);
    expect(submitted()[0]?.inputs.map((input) => input.name)).toEqual(["in/a.txt", "in/link.txt"]);
  });
});

describe("sbatch", () => {
  const script = (lines: string) => put("job.sh", `#!/bin/bash\n${lines}\necho\n`);

  it("submits the script as it is, with what its lines and the command line ask for", async () => {
    const file = script("#SBATCH -J fit -n2 --mem-per-cpu=1G\n#SBATCH -o %x-%j.out\n#SBATCH --mail-type=FAIL");
    const data = put("data.txt", "d");
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
    expect(site.sent).toEqual([]);
    expect((await site.run(["sbatch"])).code).toBe(2);
    expect((await site.run(["sbatch", "--help"])).out).toContain("Usage: headgate sbatch [options] SCRIPT");
  });
});

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

describe("get", () => {
  const big = new Uint8Array(300_000).map((_, place) => place % 251);
  /** A job with these results, each answered by ranges unless `reply` says otherwise. */
  function results(
    contents: Record<string, Uint8Array>,
    reply: (name: string, from: number) => number | undefined = () => undefined,
  ) {
    site.jobs.set(someId(1), someJob(1));
    const files = Object.entries(contents).map(([name, content]) => someFile(someId(1), name, content));
    site.on((request) => {
      if (request.path.startsWith(`/v1/jobs/${someId(1)}/files?`)) return { body: { files, skipped: [] } };
      const file = files.find((one) => one.href === request.path);
      if (!file) return undefined;
      const answer = ranged(request, contents[file.path] ?? new Uint8Array());
      const cutAfter = reply(file.path, Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0));
      return cutAfter === undefined ? answer : { ...answer, cutAfter };
    });
    return files;
  }
  const get = (...more: string[]) => site.run(["get", someId(1), "--to", here("got"), ...more]);
  const asks = (name: string) =>
    site.sent.filter((one) => one.path.endsWith(`/files/${encodeURIComponent(name)}`)).map((one) => one.headers.range);

  it("fetches every file under its name and leaves nothing else", async () => {
    results({ "a.txt": big.subarray(0, 10), "deep/er/b\nc": big, empty: new Uint8Array() });
    const { code, out } = await get();

    expect([code, out]).toEqual([0, `3 files (300 kB) in ${here("got")}, each with its SHA-256\n`]);
    expect(readdirSync(here("got"), { recursive: true }).sort()).toEqual([
      "a.txt",
      "deep",
      "deep/er",
      "deep/er/b\nc",
      "empty",
    ]);
    expect(readFileSync(here("got/deep/er/b\nc")).equals(big)).toBe(true);
  });

  it("goes on where the connection was cut, in the same command and in the next", async () => {
    results({ big }, (_name, from) => (from < 200_000 ? 100_000 : undefined));
    expect((await get()).code).toBe(0);
    expect(asks("big")[0]).toBeUndefined();
    expect(asks("big").length).toBeGreaterThan(1);
    expect(readFileSync(here("got/big")).equals(big)).toBe(true);

    rmSync(here("got/big"));
    site.sent.length = 0;
    let refusing = true;
    results({ big }, (_name, from) => (refusing ? (from === 0 ? 150_000 : 0) : undefined));
    expect((await get()).code).toBe(6);
    expect(readdirSync(here("got"))).toEqual([expect.stringMatching(/^\.headgate-.*\.part$/)]);
    const [part = ""] = readdirSync(here("got"));
    const had = statSync(here(`got/${part}`)).size;
    refusing = false;
    site.sent.length = 0;
    const { code, out } = await get();
    expect([code, out]).toEqual([0, expect.stringContaining("1 resumed")]);
    expect(asks("big")).toEqual([`bytes=${had}-`]);
    expect(readFileSync(here("got/big")).equals(big)).toBe(true);
  });

  it("leaves what is there and right, and mends what is there and wrong", async () => {
    results({ a: big, b: big.subarray(5) });
    await get();
    writeFileSync(here("got/b"), "something else");
    site.sent.length = 0;
    const { out } = await get();

    expect(out).toContain("1 were there");
    expect([asks("a"), asks("b")]).toEqual([[], [undefined]]);
    expect(readFileSync(here("got/b")).equals(big.subarray(5))).toBe(true);
  });

  it("gives no file its name whose bytes are not those that were recorded", async () => {
    const files = results({ a: big });
    for (const file of files) file.sha256 = "0".repeat(64);
    const { code, said } = await get();

    expect([code, said]).toEqual([
      7,
      expect.stringContaining("a did not arrive as it was recorded: expected SHA-256 000"),
    ]);
    expect(readdirSync(here("got"))).toEqual([]);
  });

  it("mends a part that was damaged meanwhile", async () => {
    results({ big }, () => 100_000);
    await get();
    const [part = ""] = readdirSync(here("got"));
    writeFileSync(here(`got/${part}`), "damaged");
    results({ big });

    expect((await get()).code).toBe(0);
    expect(readFileSync(here("got/big")).equals(big)).toBe(true);
  });

  it.each(["../out", "/tmp/out", "a/../../out", "", "a//b", ".", "a\0b"])(
    "writes nothing at all where a result is called %j",
    async (name) => {
      results({ good: big, [name]: big });
      const { code } = await get();

      expect(code).toBe(5);
      expect(readdirSync(site.folder)).not.toContain("out");
      expect(readdirSync(site.folder)).not.toContain("got");
    },
  );

  it("passes through no link that lies in the folder", async () => {
    mkdirSync(here("elsewhere"));
    mkdirSync(here("got"));
    symlinkSync(here("elsewhere"), here("got/sub"));
    symlinkSync(here("elsewhere/x"), here("got/file"));
    results({ "sub/a": big });
    expect(await get()).toMatchObject({ code: 5, said: expect.stringContaining("is a link and stays as it is") });
    results({ file: big });
    expect((await get()).code).toBe(5);
    expect(readdirSync(here("elsewhere"))).toEqual([]);
  });

  it("fetches only what is asked for", async () => {
    results({ "a/1": big, "a/2": big, b: big });
    expect((await get("a/")).code).toBe(0);
    expect(readdirSync(here("got"), { recursive: true }).sort()).toEqual(["a", "a/1", "a/2"]);
    expect(await get("c")).toMatchObject({ code: 4, said: expect.stringContaining('the job has no result "c"') });
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
});

describe("errors", () => {
  it("end with a code of their kind", async () => {
    const ends = async (status: number, code: string) => {
      site.on(() => problem(status, code, "words", [{ field: "a.b", value: "1", accepted: "2" }]));
      return await site.run(["whoami"]);
    };
    expect(await ends(401, "unauthenticated")).toEqual({
      code: 3,
      out: "",
      said: "headgate: words\nsign in with: headgate login\n  a.b is 1; accepted is 2\n",
    });
    expect((await ends(403, "account-waiting")).code).toBe(3);
    expect((await ends(404, "not-found")).code).toBe(4);
    expect((await ends(422, "invalid-request")).code).toBe(5);
    expect((await ends(409, "results-not-available")).code).toBe(7);
    expect(await site.run(["whoami"], { HEADGATE_API: "http://127.0.0.1:2" })).toMatchObject({
      code: 6,
      said: expect.stringContaining("the site does not answer: connect ECONNREFUSED"),
    });
    expect((await site.run(["whoami"], { HEADGATE_API: "" })).code).toBe(3);
  });
});

describe("signing in", () => {
  const kept = () =>
    JSON.parse(readFileSync(here("config/headgate/sites.json"), "utf8")) as {
      current: string;
      sites: Record<string, { expiresAt: number }>;
    };
  /** A site whose sign-in gives access tokens that end at once. */
  function cognito() {
    const asked: { operation: string; body: Record<string, unknown> }[] = [];
    let given = 0;
    site.on(({ path: at, headers, body }) => {
      if (at === "/v1/site") return { body: { name: "Stub", cognito: `${site.origin}/cognito`, cliClientId: "cli" } };
      if (at !== "/cognito") return undefined;
      const operation = String(headers["x-amz-target"]).split(".")[1] ?? "";
      asked.push({ operation, body: JSON.parse(body.toString()) as Record<string, unknown> });
      if (JSON.stringify(asked.at(-1)?.body).includes("wrong"))
        return { status: 400, body: { __type: "NotAuthorizedException", message: "Incorrect username or password." } };
      given += 1;
      return {
        body: { AuthenticationResult: { AccessToken: `access-${given}`, RefreshToken: "refresh", ExpiresIn: 30 } },
      };
    });
    return asked;
  }
  const without = { HEADGATE_API: "", HEADGATE_TOKEN: "" };

  it("keeps what it got in a file of the person's own, renews it when it ends, and ends it", async () => {
    const asked = cognito();
    const { code, out } = await site.run(
      ["login", "--api", site.origin, "--name", "s", "--user", "a@b", "--password", "p w"],
      without,
    );
    expect([code, out]).toEqual([0, `signed in at Stub (${site.origin}, called s) as alice@example.org\n`]);
    expect(statSync(here("config/headgate/sites.json")).mode & 0o777).toBe(0o600);
    expect(asked[0]?.body).toMatchObject({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: "cli",
      AuthParameters: { USERNAME: "a@b", PASSWORD: "p w" },
    });

    expect((await site.run(["whoami", "--json"], without)).code).toBe(0);
    expect(asked[1]?.body).toMatchObject({
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: "refresh" },
    });
    expect(site.sent.at(-1)?.headers.authorization).toBe("Bearer access-2");
    expect(readdirSync(here("config/headgate"))).toEqual(["sites.json"]);

    expect((await site.run(["logout"], without)).code).toBe(0);
    expect(asked.at(-1)).toEqual({ operation: "RevokeToken", body: { ClientId: "cli", Token: "refresh" } });
    expect(kept()).toEqual({ sites: {} });
    expect((await site.run(["whoami"], without)).code).toBe(3);
  });

  it("knows several sites, and is refused with a wrong password", async () => {
    cognito();
    const login = (...more: string[]) => site.run(["login", "--api", site.origin, ...more], without);
    expect(await login("--user", "a@b", "--password", "wrong")).toMatchObject({
      code: 3,
      said: "headgate: Incorrect username or password.\n",
    });
    await login("--name", "one", "--token", "hg_1");
    await login("--name", "two", "--token", "hg_2");
    await site.run(["whoami"], without);
    expect(site.sent.at(-1)?.headers.authorization).toBe("Bearer hg_2");
    await site.run(["whoami", "--site", "one"], without);
    expect(site.sent.at(-1)?.headers.authorization).toBe("Bearer hg_1");
    await site.run(["use", "one"], without);
    expect(JSON.parse((await site.run(["sites", "--json"], without)).out)).toMatchObject({
      sites: [{ name: "one", current: true }, { name: "two" }],
    });
    expect(await site.run(["use", "three"], without)).toMatchObject({
      code: 2,
      said: expect.stringContaining("one of one, two"),
    });
  });

  it.each(["http://example.org", "ftp://x", "https://a@b", "https://h/path", "nonsense"])(
    "sends no password to %s",
    async (api) => {
      const { code } = await site.run(["login", "--api", api, "--user", "a", "--password", "p"], without);
      expect(code).toBe(2);
    },
  );
});

it("shows text of a job without its control characters", async () => {
  const name = "\u001b[31mred\u202e\n";
  site.on(({ path: at }) =>
    at.startsWith("/v1/jobs?") ? { body: { jobs: [someJob(1, { name })], seen: 1 } } : undefined,
  );

  expect((await site.run(["jobs"])).out).toMatch(/ \?\[31mred\?\?\n$/);
  expect(JSON.parse((await site.run(["jobs", "--json"])).out).jobs[0].name).toBe(name);
});
