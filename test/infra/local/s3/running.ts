// A local S3 in a folder of its own, with a client for it; everything is put away after each test.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import {
  type CorsRule,
  type ObjectEvent,
  type S3Call,
  type S3Server,
  type S3Verdict,
  startS3,
} from "../../../../infra/local/s3/server.ts";

export const region = "eu-west-1";
export const keyId = "AKIDLOCAL";
export const secret = "local/secret+key";
export const temporary = { accessKeyId: "ASIALOCAL", secretAccessKey: "temporary", sessionToken: "token/with+signs==" };

export type Running = {
  server: S3Server;
  dir: string;
  client: S3Client;
  calls: S3Call[];
  events: ObjectEvent[];
  clientWith(config: S3ClientConfig): S3Client;
  /** Closes the server and opens its folder again. */
  restart(): Promise<S3Server>;
};

export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "headgate-s3-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Starts one with the bucket "box"; `judge` sees every call, silent questions included. */
export async function runS3(o: { judge?: (call: S3Call) => S3Verdict; cors?: CorsRule[] } = {}): Promise<Running> {
  const dir = await temporaryFolder();
  const calls: S3Call[] = [];
  const events: ObjectEvent[] = [];
  const start = () =>
    startS3({
      dir,
      port: 0,
      region,
      credentials: (id) => {
        if (id === keyId) return { secretAccessKey: secret };
        return id === temporary.accessKeyId ? temporary : undefined;
      },
      judge: (call) => {
        calls.push(call);
        return o.judge?.(call) ?? { allowed: true };
      },
      onEvent: (event) => events.push(event),
    });
  const running: Running = {
    server: await start(),
    dir,
    calls,
    events,
    client: new S3Client({}),
    clientWith: (config) => {
      const client = new S3Client({
        region,
        endpoint: running.server.url,
        credentials: { accessKeyId: keyId, secretAccessKey: secret },
        maxAttempts: 1,
        ...config,
      });
      onTestFinished(() => client.destroy());
      return client;
    },
    restart: async () => {
      await running.server.close();
      running.server = await start();
      running.server.createBucket("box", { cors: o.cors ?? [] });
      running.client = running.clientWith({});
      return running.server;
    },
  };
  onTestFinished(() => running.server.close());
  running.server.createBucket("box", { cors: o.cors ?? [] });
  running.client = running.clientWith({});
  return running;
}

/** The name, status and detail of the error that a request is refused with. */
export async function refusal(
  request: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; message: string }> {
  try {
    await request;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const { $metadata } = cause as Error & { $metadata?: { httpStatusCode?: number } };
    return { name: cause.name, status: $metadata?.httpStatusCode, message: cause.message };
  }
  throw new Error("expected the request to be refused, but it was answered");
}
