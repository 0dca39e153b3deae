// The cloud functions without Lambda: real table, real S3, the handlers' own insides; a queue and commands that are lists.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { operations } from "../../functions/api/operations.ts";
import type { ApiParts } from "../../functions/api/parts.ts";
import type { DispatchParts } from "../../functions/dispatch/parts.ts";
import { takeMessage } from "../../functions/dispatch/take-message.ts";
import { authenticator } from "../../functions/edge/authenticate.ts";
import { httpHandler } from "../../functions/edge/http.ts";
import type { EraseParts } from "../../functions/erase/parts.ts";
import type { ObserveParts } from "../../functions/observe/parts.ts";
import type { ReconcileParts } from "../../functions/reconcile/parts.ts";
import { startS3 } from "../../infra/local/s3/server.ts";
import { clusterTable } from "../../shared/aws/cluster-table.ts";
import { erasableObjects } from "../../shared/aws/erasable-objects.ts";
import { groupTable } from "../../shared/aws/group-table.ts";
import { idempotencyTable } from "../../shared/aws/idempotency-table.ts";
import { jobTable } from "../../shared/aws/job-table.ts";
import { objects } from "../../shared/aws/objects.ts";
import { personTable } from "../../shared/aws/person-table.ts";
import type { DispatchMessage } from "../../shared/aws/queues.ts";
import { openTable, type Table } from "../../shared/aws/table.ts";
import { tokenTable } from "../../shared/aws/token-table.ts";
import { GatewayError, type Problem } from "../../shared/contract/problem.ts";
import { Batch, batchKey } from "../../shared/headnode/batch.ts";
import { startTable } from "../shared/aws/real-table.ts";

export const cluster = { id: "local", name: "This machine", target: "mi-00000000000000001" };
export const pageOrigin = "https://page.example";

export type Answer<T = Record<string, unknown>> = {
  status: number;
  headers: Record<string, string>;
  body: T;
  problem: Problem;
  bytes: Buffer;
};
export type Gateway = Awaited<ReturnType<typeof startGateway>>;

/** Two minutes of a clock that only tests move. */
export async function startGateway() {
  const real = await startTable();
  const dir = await mkdtemp(join(tmpdir(), "headgate-gateway-"));
  const secretAccessKey = "secret";
  const s3 = await startS3({
    dir,
    port: 0,
    region: "eu-west-1",
    credentials: () => ({ secretAccessKey }),
    judge: () => ({ allowed: true }),
    onEvent: () => undefined,
  });
  for (const bucket of ["inputs", "results", "batches"]) s3.createBucket(bucket);
  const client = new S3Client({
    region: "eu-west-1",
    endpoint: s3.url,
    credentials: { accessKeyId: "LOCAL", secretAccessKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
    maxAttempts: 1,
  });
  const time = { offset: 0, now: () => new Date(Date.now() + time.offset) };
  const messages: DispatchMessage[] = [];
  const commands: { target: string; batch: string }[] = [];

  const partsOn = (table: Table) => {
    const shared = {
      jobs: jobTable(table, time.now),
      groups: groupTable(table),
      clusterTable: clusterTable(table),
      now: time.now,
    };
    const dispatch: DispatchParts = {
      ...shared,
      inputs: objects("inputs", client),
      batches: objects("batches", client),
      commands: { run: async (target, batch) => void commands.push({ target, batch }) },
    };
    const ask = async (message: DispatchMessage) => void messages.push(message);
    const observe: ObserveParts = {
      jobs: shared.jobs,
      groups: shared.groups,
      clusterTable: shared.clusterTable,
      results: objects("results", client),
      queue: { ask },
    };
    const api: ApiParts = {
      jobs: shared.jobs,
      people: personTable(table, time.now),
      tokens: tokenTable(table, time.now),
      keys: idempotencyTable(table, time.now),
      clusterTable: shared.clusterTable,
      inputs: objects("inputs", client),
      results: objects("results", client),
      dispatch: { ask },
      clusters: [cluster],
      scale: 1,
      site: {
        name: "Headgate",
        version: "1",
        region: "eu-west-1",
        issuer: "https://issuer.example",
        cognito: "https://cognito.example",
        signIn: "https://sign-in.example",
        clientId: "page",
        cliClientId: "cli",
        mail: true,
        returnOrigins: [],
      },
      now: time.now,
    };
    const reconcile: ReconcileParts = {
      ...dispatch,
      ...observe,
      results: objects("results", client),
      scale: 1,
    };
    const erase: EraseParts = {
      jobs: shared.jobs,
      groups: shared.groups,
      uploads: erasableObjects("inputs", client),
      results: erasableObjects("results", client),
      queue: { ask },
      clusters: [cluster.id],
      scale: 1,
      now: time.now,
    };
    return { api, dispatch, observe, reconcile, erase };
  };

  const handlerOn = (parts: ApiParts) =>
    httpHandler({
      operations,
      parts,
      pageOrigin,
      authenticate: authenticator({
        people: parts.people,
        tokens: parts.tokens,
        // "name" or "name:admins" or "name@seconds" stands for a verified access token.
        verify: async (token) => {
          const [, username, group, seconds] = /^([a-z]+)(?::(\w+))?(?:@(\d+))?$/.exec(token) ?? [];
          if (!username) throw new GatewayError("unauthenticated", "not a token");
          const authTime = seconds ? Number(seconds) : Math.floor(time.now().getTime() / 1_000);
          return {
            issuer: "https://issuer.example",
            subject: `sub-${username}`,
            authTime,
            groups: group ? [group] : [],
            username,
            scopes: [],
          };
        },
        profile: async (_token, signIn) => ({ email: `${signIn.username}@example.org` }),
      }),
    });

  const parts = partsOn(real.table);
  // its head node has just described itself: reconcile does not ask for that
  await parts.api.clusterTable.note(cluster.id, { describedAt: time.now().toISOString() });
  const handler = handlerOn(parts.api);

  const request = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    o: { as?: string; body?: unknown; raw?: string; headers?: Record<string, string>; through?: typeof handler } = {},
  ): Promise<Answer<T>> => {
    const [rawPath = "", rawQueryString = ""] = path.split("?");
    const text = o.raw ?? (o.body === undefined ? undefined : JSON.stringify(o.body));
    const event = {
      version: "2.0",
      routeKey: "$default",
      rawPath,
      rawQueryString,
      headers: {
        ...(text === undefined ? {} : { "content-type": "application/json" }),
        ...(o.as ? { authorization: `Bearer ${o.as}` } : {}),
        ...o.headers,
      },
      queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)),
      requestContext: { requestId: "request-1", http: { method } },
      isBase64Encoded: false,
      ...(text === undefined ? {} : { body: text }),
    } as unknown as APIGatewayProxyEventV2;
    const answer = await (o.through ?? handler)(event, {} as Context);
    const bytes = Buffer.from(answer.body ?? "", answer.isBase64Encoded ? "base64" : "utf8");
    const headers = answer.headers as Record<string, string>;
    const json =
      headers["content-type"]?.includes("json") && !answer.isBase64Encoded && bytes.length > 0
        ? JSON.parse(bytes.toString())
        : {};
    return { status: answer.statusCode ?? 0, headers, body: json, problem: json, bytes };
  };

  /** Signs a person in, active and with that Unix account on the cluster. */
  const member = async (name: string): Promise<string> => {
    const { body } = await request<{ id: string }>("GET", "/v1/me", { as: name });
    await parts.api.people.change(body.id, () => ({ status: "active", accounts: { local: name } }));
    return body.id;
  };

  return {
    real,
    s3,
    client,
    time,
    messages,
    commands,
    parts,
    partsOn,
    handlerOn,
    tableOn: (send: (command: unknown) => Promise<unknown>) => openTable("headgate", { send: send as never }),
    request,
    member,
    upload: async (as: string, name: string, bytes: string): Promise<string> => {
      const { body } = await request<{ id: string; url: string; headers: Record<string, string> }>(
        "POST",
        "/v1/uploads",
        {
          as,
          body: { name, size: Buffer.byteLength(bytes), type: "text/plain" },
        },
      );
      const answer = await fetch(body.url, { method: "PUT", headers: body.headers, body: bytes });
      if (!answer.ok) throw new Error(`the upload answered ${answer.status} ${await answer.text()}`);
      return body.id;
    },
    deliver: async (to = parts.dispatch) => {
      for (const message of messages.splice(0)) await takeMessage(JSON.stringify(message), [cluster], to);
    },
    batch: async (id: string): Promise<Batch> => {
      const object = await s3.get("batches", batchKey(cluster.id, id));
      return Batch.parse(JSON.parse(object?.body.toString() ?? "null"));
    },
    stop: async () => {
      client.destroy();
      await s3.close();
      await real.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A submission of the script application. */
export const scriptJob = (o: Record<string, unknown> = {}) => ({
  application: "script",
  parameters: { text: "echo hello\n" },
  ...o,
});
