// A small S3 in this process: AWS's protocol on 127.0.0.1, objects in a folder, every call put to the host's judge.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type CallFault, Cut, type ServiceCall } from "../events/call-faults.ts";
import type { Answer, Call } from "./call.ts";
import { contextOf } from "./context.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { S3Error } from "./errors.ts";
import { boundaryOf } from "./form.ts";
import { postObject } from "./post-policy.ts";
import { readRequest, type S3Request } from "./request.ts";
import { route } from "./routes.ts";
import { errorAnswer, send } from "./send.ts";
import { type Authority, authenticate, type Signer } from "./signature.ts";
import { Store } from "./store.ts";
import type { CorsRule, ObjectEvent, S3Call, S3Verdict } from "./types.ts";
import { element } from "./xml.ts";

export type { CorsRule, ObjectEvent, S3Call, S3Verdict } from "./types.ts";

export type S3Server = {
  port: number;
  url: string;
  /** Makes a bucket unless it is there; its CORS rules are the ones given last. */
  createBucket(name: string, o?: { cors?: CorsRule[] }): void;
  hasBucket(name: string): boolean;
  /** Writes as a PutObject would, event included, without a judge. */
  put(bucket: string, key: string, body: Uint8Array, contentType?: string): Promise<void>;
  get(
    bucket: string,
    key: string,
  ): Promise<{ body: Buffer; etag: string; contentType: string; lastModified: Date } | undefined>;
  /** All keys with a prefix, in S3's order. */
  list(bucket: string, prefix?: string): string[];
  /** Ends open connections; what was acknowledged is on disk. */
  close(): Promise<void>;
};

export type S3Options = {
  /** Where the state lives; one process at a time. */
  dir: string;
  /** 0 for any free one. */
  port: number;
  host?: string;
  region: string;
  credentials: (accessKeyId: string) => { secretAccessKey: string; sessionToken?: string } | undefined;
  /** Asked before any work. With context "headgate:probe" it is a silent question, not a call. */
  judge: (call: S3Call) => S3Verdict;
  /** Called once for each change, when it is durable and before it is acknowledged. */
  onEvent: (event: ObjectEvent) => void;
  /** What is done to a call that was signed and allowed: for tests. */
  disturb?: (
    call: Pick<ServiceCall, "operation"> & { accessKeyId: string; userAgent: string | undefined; presigned: boolean },
  ) => { fault: CallFault; suffer(): Promise<void> } | undefined;
};

const noSuchBucket = (name: string) =>
  new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });

/** Opens the folder and listens. Rejects where the port is taken or the folder's state is damaged. */
export async function startS3(o: S3Options): Promise<S3Server> {
  const authority: Authority = { region: o.region, credentials: o.credentials };
  const store = new Store(o.dir, (event) => {
    try {
      o.onEvent(event);
    } catch (cause) {
      console.error(`the host failed on ${event.eventName} of s3://${event.bucket}/${event.key}:`, cause);
    }
  });

  function callFor(request: S3Request, signer: Signer): Call {
    const context = contextOf(request, signer);
    const { accessKeyId, sessionToken } = signer;
    const ask = (action: string, resource: string, more: Record<string, string>): S3Verdict =>
      o.judge({ accessKeyId, sessionToken, action, resource, context: { ...context, ...more } });
    return {
      request,
      signer,
      blobs: store.blobs,
      region: o.region,
      get bucket() {
        const bucket = store.buckets.get(request.bucket);
        if (!bucket) throw noSuchBucket(request.bucket);
        return bucket;
      },
      bucketNamed: (name) => store.buckets.get(name),
      allow: (action, resource) => {
        const verdict = ask(action, resource, {});
        if (!verdict.allowed) throw new S3Error("AccessDenied", verdict.message);
      },
      wouldAllow: (action, resource) =>
        ask(action, resource, { "headgate:probe": "true", "s3:prefix": request.key }).allowed,
    };
  }

  async function answer(request: S3Request, cors: Record<string, string>): Promise<Answer> {
    const rules = store.cors.get(request.bucket) ?? [];
    if (request.method === "OPTIONS") {
      if (!store.buckets.has(request.bucket)) throw noSuchBucket(request.bucket);
      return { status: 200, headers: preflight(rules, request.header) };
    }
    Object.assign(cors, corsHeaders(rules, request.header("origin"), request.method));
    const boundary = boundaryOf(request.header("content-type"));
    if (request.method === "POST" && request.key === "" && request.query.length === 0 && boundary !== undefined) {
      return postObject(request.body, { boundary, authority, callFor: (signer) => callFor(request, signer) });
    }
    const signer = authenticate(request, authority);
    const call = callFor(request, signer);
    if (request.bucket === "" && request.method === "GET") return listBuckets(call);
    const { action, resource, run } = route(request);
    if (action !== undefined) call.allow(action, resource);
    const disturbed = o.disturb?.({
      operation: action ?? request.method,
      accessKeyId: signer.accessKeyId,
      userAgent: request.header("user-agent"),
      presigned: request.param("X-Amz-Signature") !== undefined,
    });
    if (disturbed === undefined) return run(call);
    const { fault, suffer } = disturbed;
    if (fault.when === "after") (await run(call)).release?.();
    await suffer();
    if (fault.kind !== "error") throw new Cut(fault);
    throw new S3Error(fault.status === 503 ? "SlowDown" : "InternalError", "a fault of this service");
  }

  async function listBuckets(call: Call): Promise<Answer> {
    call.allow("s3:ListAllMyBuckets", "*");
    const buckets = [...store.buckets.keys()].sort().map((name) => `<Bucket>${element("Name", name)}</Bucket>`);
    const owner = `<Owner>${element("ID", "local")}</Owner>`;
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${owner}<Buckets>${buckets.join("")}</Buckets></ListAllMyBucketsResult>`;
    return { status: 200, headers: { "content-type": "application/xml" }, body };
  }

  async function handle(stream: IncomingMessage, response: ServerResponse, waits: boolean): Promise<void> {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    const cors: Record<string, string> = {};
    let begun = !waits;
    let result: Answer;
    try {
      const request = readRequest(stream, () => {
        if (!begun) response.writeContinue();
        begun = true;
      });
      result = await answer(request, cors);
    } catch (cause) {
      if (cause instanceof Cut) return void (cause.silent || stream.socket.destroy());
      result = errorAnswer(cause, stream, requestId);
    }
    await send(result, stream, response, { requestId, cors, begun });
  }

  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 65_000 });
  server.on("request", (stream, response) => void handle(stream, response, false));
  server.on("checkContinue", (stream, response) => void handle(stream, response, true));
  const host = o.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(o.port, host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : o.port;

  const bucketNamed = (name: string) => {
    const bucket = store.buckets.get(name);
    if (bucket) return bucket;
    throw new Error(`no bucket "${name}"; there are ${[...store.buckets.keys()].join(", ") || "none"}`);
  };
  return {
    port,
    url: `http://${host}:${port}`,
    createBucket: (name, options) => store.create(name, options?.cors ?? []),
    hasBucket: (name) => store.buckets.has(name),
    put: async (name, key, body, contentType = "binary/octet-stream") => {
      const bucket = bucketNamed(name);
      const blob = await store.blobs.create();
      try {
        await blob.write(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
        const segments = [await blob.finish()];
        const etag = createHash("md5").update(body).digest("hex");
        const headers = { "content-type": contentType, "x-amz-server-side-encryption": "AES256" };
        const object = {
          key,
          size: body.byteLength,
          etag,
          segments,
          headers,
          checksums: {},
          checksumType: "FULL_OBJECT",
        } as const;
        await bucket.put(object, { ifAbsent: false, ifMatch: undefined, seen: 0 }, "ObjectCreated:Put");
      } catch (cause) {
        await blob.discard();
        throw cause;
      }
    },
    get: async (name, key) => {
      const object = bucketNamed(name).objects.get(key);
      if (!object) return undefined;
      const release = store.blobs.hold(object.segments);
      try {
        const pieces: Buffer[] = [];
        for await (const bytes of store.blobs.read(object.segments, 0, object.size)) pieces.push(bytes);
        const contentType = object.headers["content-type"] ?? "";
        return { body: Buffer.concat(pieces), etag: object.etag, contentType, lastModified: new Date(object.modified) };
      } finally {
        release();
      }
    },
    list: (name, prefix = "") =>
      bucketNamed(name).order.page({ prefix, delimiter: "", after: "", limit: Number.POSITIVE_INFINITY }).keys,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await store.close();
    },
  };
}
