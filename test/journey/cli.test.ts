// The command line as it is built, on Node 20 where there is one, against the whole local cloud on a real Slurm.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job, JobFile } from "../../shared/contract/job.ts";
import { type LocalStack, startStack } from "./local-stack.ts";
import { haveSlurm } from "./machine.ts";

const root = path.resolve(import.meta.dirname, "../..");
const program = path.join(root, "build/cli/headgate.mjs");
// what a person's machine has, where it is there; the test's own Node otherwise
const node = existsSync("/usr/bin/node") ? "/usr/bin/node" : process.execPath;

type Said = { code: number | null; out: string; said: string };

describe.skipIf(!haveSlurm())("the command line", () => {
  let stack: LocalStack;
  let folder: string;
  const inFolder = (name: string) => path.join(folder, name);

  const headgate = (argv: readonly string[], env: Record<string, string> = {}): Promise<Said> => {
    const child = spawn(node, [program, ...argv], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 240_000,
      env: { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: inFolder("config"), ...env },
    });
    let out = "";
    let said = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, said })));
  };
  const json = async <T>(...argv: string[]): Promise<T> => {
    const { code, out, said } = await headgate([...argv, "--json"]);
    if (code !== 0) throw new Error(`headgate ${argv.join(" ")} ended with ${code}: ${said}`);
    return JSON.parse(out) as T;
  };
  const put = (name: string, content: string) => {
    mkdirSync(path.dirname(inFolder(name)), { recursive: true });
    writeFileSync(inFolder(name), content);
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "headgate-cli-journey-"));
    // the start builds the command line too
    stack = await startStack({ flags: ["--slurm=private", "--nodes=2", "--no-welcome"], seconds: 400 });
    const alice = stack.local.users.find((one) => one.handle === "alice");
    if (!alice) throw new Error("there is no alice");
    const login = [
      "login",
      "--api",
      stack.local.page,
      "--name",
      "here",
      "--user",
      alice.email,
      "--password",
      alice.password,
    ];
    expect(await headgate(login)).toMatchObject({ code: 0, said: "" });
  }, 420_000);
  afterAll(async () => {
    await stack?.stop();
    if (stack) rmSync(stack.data, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  it("signs in by a token that it made itself, and knows who that is", async () => {
    const { token } = await json<{ token: string }>("token", "create", "for a script");
    expect((await headgate(["login", "--api", stack.local.api, "--name", "by-token", "--token", token])).code).toBe(0);
    expect(await json<{ handle: string }>("whoami", "--site", "by-token")).toMatchObject({ handle: "alice" });
    expect((await headgate(["use", "here"])).code).toBe(0);
    const own = { HEADGATE_API: stack.local.api, HEADGATE_TOKEN: token };
    expect((await headgate(["token", "create", "another"], own)).code).toBe(3);
  });

  it("submits a fit, waits for it and fetches its files, each as it was recorded", async () => {
    cpSync(path.join(root, "infra/local/welcome/bumps"), inFolder("fit"), { recursive: true });
    const sets = ["fitter=amoeba", "steps=20", "seed=7"].flatMap((set) => ["--set", set]);
    const job = await json<Job>("submit", "bumps", "fit/line.py", "fit/points.dat", ...sets, "--name", "a fit");
    expect(job).toMatchObject({ application: "bumps", parameters: { model: "line.py", steps: 20 }, name: "a fit" });

    expect((await headgate(["wait", job.id])).code).toBe(0);
    expect((await headgate(["get", job.id, "--to", "results"])).code).toBe(0);
    const { files } = await json<{ files: JobFile[] }>("files", job.id);
    const fetched = readdirSync(inFolder("results"), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(fetched).toHaveLength(files.length);
    expect(files.some((file) => file.path.endsWith(".par"))).toBe(true);
  });

  it("runs an existing sbatch script unchanged, and wait returns its code", async () => {
    const script = `#!/bin/bash
#SBATCH --job-name="ten options"   # as it was written for the cluster
#SBATCH -n 1 -c 1
#SBATCH --nodes 1
#SBATCH --time=00:05:00
#SBATCH --mem-per-cpu=100M
#SBATCH --partition=debug
#SBATCH --output=logs/%x-%j.out
#SBATCH -e "%x.err"
#SBATCH --mail-type=END,FAIL --mail-user=alice@example.org

cd "$SLURM_SUBMIT_DIR"
sha256sum ten.sh data.txt
echo "$SLURM_JOB_NAME: $# arguments, $1; $SLURM_MEM_PER_CPU MB" | tee note.txt
echo bad >&2
exit 17
`;
    put("ten.sh", script);
    put("data.txt", "data\n");
    const { out, said } = await headgate([
      "sbatch",
      "--parsable",
      "--with",
      "data.txt",
      "ten.sh",
      "one $(two)",
      "--three",
    ]);
    expect(said).toBe("");
    const id = out.trim();

    expect((await headgate(["wait", id, "--quiet"])).code).toBe(17);
    const job = await json<Job>("show", id);
    expect(job).toMatchObject({
      name: "ten options",
      reason: "exit-code",
      exitCode: 17,
      resources: { tasks: 1, cpusPerTask: 1, nodes: 1, wallMinutes: 5, memoryPerCpuMb: 100, partition: "debug" },
      mail: { to: ["alice@example.org"], on: ["succeeded", "failed", "cancelled"] },
    });
    expect((await headgate(["get", id, "--to", "ten"])).code).toBe(0);
    const slurmId = job.slurmId?.split("_")[0];
    const output = readFileSync(inFolder(`ten/logs/ten options-${slurmId}.out`), "utf8");
    expect(output).toContain("ten options: 2 arguments, one $(two); 100 MB\n");
    expect(readFileSync(inFolder("ten/ten options.err"), "utf8")).toBe("bad\n");
    expect((await headgate(["logs", id])).out).toBe(output);
    const sum = execFileSync("sha256sum", ["ten.sh", "data.txt"], { cwd: folder, encoding: "utf8" });
    expect(output.startsWith(sum)).toBe(true);
  });

  it.each([
    ["--chdir=/data", "because a job runs in a folder of its own"],
    ["--dependency=afterok:1", "because jobs do not wait for each other"],
    ["--requeue", "because a job's work is started once"],
  ])("refuses a script with %s by its line, and submits nothing", async (option, because) => {
    put("bad.sh", `#!/bin/sh\n#SBATCH -n1\n\n#SBATCH ${option}\ntrue\n`);
    const before = await json<{ jobs: Job[] }>("jobs");
    const { code, said } = await headgate(["sbatch", "bad.sh"]);

    expect(code).toBe(5);
    expect(said).toContain(`bad.sh:4: ${option.split("=")[0]} is not accepted ${because}`);
    expect((await json<{ jobs: Job[] }>("jobs")).jobs.length).toBe(before.jobs.length);
  });

  it("runs an array as a sweep, each with its index, and the same command under its key as the same jobs", async () => {
    put(
      "array.sh",
      '#!/bin/sh\n#SBATCH --array=2-6:2\necho "$SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT" > "r$SLURM_ARRAY_TASK_ID"\n[ "$SLURM_ARRAY_TASK_ID" -ne 4 ] || exit 9\n',
    );
    const first = await headgate(["sbatch", "--key", "sweep-1", "--parsable", "array.sh"]);
    const ids = first.out.trim().split("\n");
    const again = await headgate(["sbatch", "--key", "sweep-1", "--parsable", "array.sh"]);
    expect(again.out).toBe(first.out);

    expect((await headgate(["wait", "--quiet", ...ids])).code).toBe(9);
    const ended = await Promise.all(ids.map((id) => json<Job>("show", id)));
    expect(ended.map((job) => job.sweep)).toMatchObject(
      [0, 1, 2].map((index) => ({ index, size: 3, id: ended[0]?.sweep?.id })),
    );
    expect(ended.map((job) => job.exitCode ?? 0)).toEqual([0, 9, 0]);
    for (const [place, id] of ids.entries()) {
      await headgate(["get", id, "--to", `member-${place}`]);
      const task = 2 + 2 * place;
      expect(readFileSync(inFolder(`member-${place}/r${task}`), "utf8")).toBe(`${task} of 3\n`);
    }
  });

  it("follows a log while the job runs, to its last line", async () => {
    put("slow.sh", "#!/bin/sh\nfor i in $(seq 40); do echo line $i; sleep 0.2; done\n");
    const { out } = await headgate(["sbatch", "--parsable", "slow.sh"]);
    const lines = Array.from({ length: 40 }, (_, place) => `line ${place + 1}\n`).join("");

    expect(await headgate(["logs", "-f", out.trim()])).toMatchObject({ code: 0, out: lines });
    expect((await headgate(["logs", out.trim(), "--lines", "2"])).out).toBe("line 39\nline 40\n");
  });

  it("goes on with a file where the connection to S3 was cut", async () => {
    const text = "head -c 9000000 /dev/urandom > big.bin; sha256sum big.bin";
    const job = await json<Job>("submit", "script", "--set", `text=${text}`);
    expect((await headgate(["wait", job.id])).code).toBe(0);
    const cutting = await cuttingProxy(stack.local.api, stack.local.s3, 2_500_000);
    try {
      const { token } = await json<{ token: string }>("token", "create", "through a bad line");
      const { code, out, said } = await headgate(["get", job.id, "--to", "cut"], {
        HEADGATE_API: cutting.origin,
        HEADGATE_TOKEN: token,
      });
      expect([code, said, out]).toEqual([0, "", expect.stringContaining("each with its SHA-256")]);
    } finally {
      await cutting.stop();
    }
    expect(cutting.cuts()).toBeGreaterThan(1);
    const sum = execFileSync("sha256sum", ["big.bin"], { cwd: inFolder("cut"), encoding: "utf8" });
    expect((await headgate(["logs", job.id])).out).toBe(sum);
  });

  it("cancels, and wait says so; deletes, and there is no such job", async () => {
    const job = await json<Job>("submit", "script", "--set", "text=sleep 300");
    expect((await headgate(["cancel", job.id])).code).toBe(0);
    expect((await headgate(["wait", job.id])).code).toBe(130);
    expect((await headgate(["delete", job.id])).code).toBe(0);
    expect((await headgate(["show", job.id])).code).toBe(4);
  });
});

/** The API and S3 behind one address, whose longer answers break off after so many bytes. */
async function cuttingProxy(api: string, s3: string, bytes: number) {
  let cuts = 0;
  const server: Server = createServer(async (request, response) => {
    const url = request.url ?? "/";
    const toS3 = url.startsWith("/s3");
    const headers = new Headers();
    // here the two share an address, so that the client cannot know that the token is not for S3
    for (const name of toS3 ? ["range"] : ["authorization", "range"]) {
      const value = request.headers[name];
      if (typeof value === "string") headers.set(name, value);
    }
    const answer = await fetch(toS3 ? `${s3}${url.slice(3)}` : `${api}${url}`, { headers, redirect: "manual" });
    const location = answer.headers.get("location");
    // what is signed for S3's own host goes there by this one
    if (location) return response.writeHead(302, { location: `/s3${location.slice(s3.length)}` }).end();
    const body = Buffer.from(await answer.arrayBuffer());
    const told = ["content-type", "content-range"].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, { ...Object.fromEntries(told), "content-length": body.length });
    if (body.length <= bytes) return response.end(body);
    cuts += 1;
    return response.write(body.subarray(0, bytes), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
