import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { appendFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it, onTestFinished } from "vitest";
import { startS3 } from "../../../../infra/local/s3/server.ts";
import { keyId, region, runS3, secret, temporaryFolder } from "./running.ts";

const open = (dir: string) =>
  startS3({
    dir,
    port: 0,
    region,
    credentials: () => ({ secretAccessKey: secret }),
    judge: () => ({ allowed: true }),
    onEvent: () => undefined,
  });

/** A server in a process of its own, to be killed. */
async function child(dir: string): Promise<{ url: string; process: ChildProcess; exited: Promise<unknown> }> {
  const process_ = spawn(process.execPath, [join(import.meta.dirname, "child-server.ts"), dir, region, secret], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void process_.kill("SIGKILL"));
  const exited = new Promise((resolve) => process_.once("exit", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    process_.stdout?.once("data", (line) => resolve(String(line).trim()));
    process_.once("exit", (code) => reject(new Error(`the child ended with ${code}`)));
  });
  return { url, process: process_, exited };
}

async function blobCount(dir: string): Promise<number> {
  const folders = await readdir(join(dir, "blobs"));
  const counts = await Promise.all(folders.map(async (folder) => (await readdir(join(dir, "blobs", folder))).length));
  return counts.reduce((sum, count) => sum + count, 0);
}

describe("kill -9 of the server", () => {
  it("keeps every acknowledged object whole, shows no half of another, and leaves no litter", async () => {
    const dir = await temporaryFolder();
    const acknowledged = new Map<string, string>();
    const sent = new Map<string, Set<string>>();
    for (let round = 0; round < 4; round++) {
      const { url, process: server, exited } = await child(dir);
      const client = new S3Client({
        region,
        endpoint: url,
        maxAttempts: 1,
        credentials: { accessKeyId: keyId, secretAccessKey: secret },
      });
      let dead = false;
      const writer = async (n: number) => {
        for (let i = 0; !dead && i < 500; i++) {
          const key = `w${n}/${i % 7}`;
          const body = randomBytes(1 + ((i * 7919 + n * 104_729) % 300_000));
          const etag = createHash("md5").update(body).digest("hex");
          sent.set(key, (sent.get(key) ?? new Set()).add(etag));
          acknowledged.delete(key);
          try {
            await client.send(new PutObjectCommand({ Bucket: "box", Key: key, Body: body }));
            acknowledged.set(key, etag);
          } catch {
            return;
          }
        }
      };
      const writers = Array.from({ length: 6 }, (_, n) => writer(n));
      await new Promise((resolve) => setTimeout(resolve, 250 + round * 130));
      server.kill("SIGKILL");
      await exited;
      dead = true;
      await Promise.all(writers);
      client.destroy();

      const again = await open(dir);
      for (const [key, etag] of acknowledged) expect((await again.get("box", key))?.etag).toBe(etag);
      const keys = again.list("box");
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) {
        const got = await again.get("box", key);
        expect(got && createHash("md5").update(got.body).digest("hex")).toBe(got?.etag);
        expect(sent.get(key)?.has(got?.etag ?? "")).toBe(true);
      }
      expect(await blobCount(dir)).toBe(keys.length);
      await again.close();
    }
  });
});

describe("the folder", () => {
  it("opens with a torn last line cut off and stray blobs removed", async () => {
    const dir = await temporaryFolder();
    const first = await open(dir);
    first.createBucket("box");
    await first.put("box", "k", Buffer.from("kept"));
    await first.close();
    await appendFile(join(dir, "buckets", "box.log"), '{"put":{"key":"torn","si');
    await writeFile(join(dir, "blobs", "ab", "ab00000000000000000000000000dead"), "stray");
    const second = await open(dir);
    expect(second.hasBucket("box")).toBe(true);
    expect(second.list("box")).toEqual(["k"]);
    await second.put("box", "after", Buffer.from("x"));
    await second.close();
    const third = await open(dir);
    expect(third.list("box")).toEqual(["after", "k"]);
    expect((await third.get("box", "k"))?.body.toString()).toBe("kept");
    expect(await blobCount(dir)).toBe(2);
    await third.close();
  });

  it("does not grow with what was overwritten and deleted", async () => {
    const running = await runS3();
    for (let n = 0; n < 60; n++)
      await Promise.all(Array.from({ length: 50 }, () => running.server.put("box", "beat", Buffer.from(`beat ${n}`))));
    const log = join(running.dir, "buckets", "box.log");
    const before = (await stat(log)).size;
    await running.restart();
    expect((await stat(log)).size).toBeLessThan(before / 100);
    expect((await running.server.get("box", "beat"))?.body.toString()).toBe("beat 59");
    const [a, b] = [running.events.at(-2), running.events.at(-1)];
    expect((a?.sequencer ?? "") < (b?.sequencer ?? "")).toBe(true);
    expect(await blobCount(running.dir)).toBe(1);
  });

  it("takes only names that S3 would take for a bucket", async () => {
    const { server } = await runS3();
    for (const name of ["../up", "a", "A-b", "a..b", "a/b", ""])
      expect(() => server.createBucket(name)).toThrow(/is no bucket name/);
  });
});
