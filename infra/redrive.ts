// npm run redrive: gives every message of both dead-letter queues back to its queue, and says how many.
import { readFileSync } from "node:fs";
import path from "node:path";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { localAccessKey } from "./local/template/principals.ts";
import { redriveQueue } from "./redrive-queue.ts";

const usage = `npm run redrive -- one of
  URL URL            the queues' addresses, as the stack's outputs DispatchQueueUrl and ReceiptsQueueUrl name them
  --outputs=FILE     the file that \`cdk deploy --outputs-file FILE\` wrote
  --local[=FOLDER]   the local cloud that runs on that data folder (.headgate)`;

type Target = { queues: string[]; client: SQSClientConfig };

const json = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;

function targetOf(args: readonly string[]): Target {
  const [first = "", ...rest] = args;
  const [, flag, value] = /^--(outputs|local)(?:=(.+))?$/.exec(first) ?? [];
  if (flag === "local" && rest.length === 0) return localTarget(value ?? ".headgate");
  if (flag === "outputs" && value !== undefined && rest.length === 0) {
    const outputs = Object.assign({}, ...Object.values(json(value))) as Record<string, string>;
    return onAws([outputs.DispatchQueueUrl, outputs.ReceiptsQueueUrl], value);
  }
  if (args.length > 0 && args.every((arg) => arg.startsWith("https://"))) return onAws(args, "the command line");
  throw new Error(`not understood: ${args.join(" ") || "nothing was given"}\n${usage}`);
}

function onAws(queues: readonly (string | undefined)[], where: string): Target {
  const known = queues.filter((queue) => queue !== undefined);
  const region = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(known[0] ?? "")?.[1];
  if (known.length < queues.length || region === undefined)
    throw new Error(`${where} names no queues by https://sqs.REGION.amazonaws.com…\n${usage}`);
  return { queues: known, client: { region } };
}

function localTarget(data: string): Target {
  let local: { sqs?: string; region?: string; queues?: string[] };
  try {
    local = json(path.join(data, "local.json"));
  } catch (cause) {
    throw new Error(`no local cloud runs on ${data}: start it with npm start, or name its folder`, { cause });
  }
  const { sqs, region, queues } = local;
  if (!sqs || !region || !queues) throw new Error(`${data}/local.json names no queues: start the local cloud again`);
  const { host } = json(path.join(data, "credentials.json")) as Record<
    string,
    { secretAccessKey: string; sessionToken: string }
  >;
  if (!host) throw new Error(`${data}/credentials.json has no credentials of the host`);
  const credentials = { accessKeyId: localAccessKey("host"), ...host };
  return { queues, client: { region, endpoint: sqs, credentials, useQueueUrlAsEndpoint: false } };
}

try {
  const { queues, client } = targetOf(process.argv.slice(2));
  const sqs = new SQSClient(client);
  for (const queue of queues) {
    const moved = await redriveQueue(queue, sqs);
    console.log(`${moved} ${moved === 1 ? "message" : "messages"} given back to ${queue.split("/").at(-1)}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
