// SQS's requests as IAM sees them: a batch needs the right of its single operation.
import { type Body, type DerivedCall, type Place, textOf, UnknownOperation } from "./derived-call.ts";

const queueActions = [
  "AddPermission",
  "ChangeMessageVisibility",
  "DeleteMessage",
  "DeleteQueue",
  "GetQueueAttributes",
  "ListDeadLetterSourceQueues",
  "ListQueueTags",
  "PurgeQueue",
  "ReceiveMessage",
  "RemovePermission",
  "SendMessage",
  "SetQueueAttributes",
  "TagQueue",
  "UntagQueue",
];
const namedActions = ["CreateQueue", "GetQueueUrl"];
const moveActions = ["ListMessageMoveTasks", "StartMessageMoveTask"];

/** The ARN of a queue by its URL `…/<account>/<name>`. Throws UnknownOperation on another shape. */
function queueArn(url: string, region: string): string {
  const [, account, name] = /^https?:\/\/[^/]+\/(\d{12})\/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)$/.exec(url) ?? [];
  if (!account || !name) throw new UnknownOperation(`a queue URL is http://host/<account>/<name>, got "${url}"`);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** The calls to judge for one request. Throws UnknownOperation. */
export function sqsCalls(operation: string, body: Body, place: Place): DerivedCall[] {
  const single = operation.replace(/Batch$/, "");
  const action = `sqs:${single}`;
  const on = (resource: string) => [{ action, resources: [resource], context: {} }];
  if (queueActions.includes(single)) return on(queueArn(textOf(body, "QueueUrl", operation), place.region));
  if (namedActions.includes(operation)) {
    return on(`arn:aws:sqs:${place.region}:${place.account}:${textOf(body, "QueueName", operation)}`);
  }
  if (moveActions.includes(operation)) return on(textOf(body, "SourceArn", operation));
  if (operation === "ListQueues") return on("*");
  throw new UnknownOperation(`the operation ${operation} of SQS is not served here`);
}
