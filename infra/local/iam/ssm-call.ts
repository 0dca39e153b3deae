// Systems Manager's requests as IAM sees them: SendCommand needs the document and every node.
import { type Body, type DerivedCall, objectsOf, type Place, textOf, UnknownOperation } from "./derived-call.ts";

const documentActions = ["DescribeDocument", "GetDocument"];
const nodeless = [
  "CancelCommand",
  "DescribeInstanceInformation",
  "GetCommandInvocation",
  "ListCommandInvocations",
  "ListCommands",
  "ListDocuments",
];

/** The ARN of a document by its name or ARN; Amazon's own (AWS-…) belong to no account. */
function documentArn(name: string, { region, account }: Place): string {
  if (name.startsWith("arn:")) return name;
  const owner = /^(AWS|Amazon|AmazonCloudWatch)[A-Za-z]*-/.test(name) ? "" : account;
  return `arn:aws:ssm:${region}:${owner}:document/${name}`;
}

/** The ARN of a node: `mi-…` are managed (on-premises) instances of SSM, all others are EC2's. */
function nodeArn(id: string, { region, account }: Place): string {
  const [service, kind] = id.startsWith("mi-") ? ["ssm", "managed-instance"] : ["ec2", "instance"];
  return `arn:aws:${service}:${region}:${account}:${kind}/${id}`;
}

/** The node ids that a SendCommand names. Throws UnknownOperation on targets by tag, which are not served here. */
function targetedNodes(body: Body): string[] {
  const direct = Array.isArray(body.InstanceIds) ? body.InstanceIds : [];
  const targeted = objectsOf(body.Targets).flatMap(({ Key, Values }) => {
    if (Key === "InstanceIds" && Array.isArray(Values)) return Values;
    throw new UnknownOperation(`a target must have the key "InstanceIds", got ${JSON.stringify(Key)}`);
  });
  return [...new Set([...direct, ...targeted].map(String))];
}

/** The calls to judge for one request. Throws UnknownOperation. */
export function ssmCalls(operation: string, body: Body, place: Place): DerivedCall[] {
  const action = `ssm:${operation}`;
  const on = (resource: string) => ({ action, resources: [resource], context: {} });
  if (operation === "SendCommand") {
    const document = documentArn(textOf(body, "DocumentName", operation), place);
    const nodes = targetedNodes(body);
    if (nodes.length === 0) throw new UnknownOperation("SendCommand names no instance");
    // Judged one by one: a tag condition on nodes must not be asked of the document.
    return [document, ...nodes.map((id) => nodeArn(id, place))].map(on);
  }
  if (documentActions.includes(operation)) return [on(documentArn(textOf(body, "Name", operation), place))];
  if (nodeless.includes(operation)) return [on("*")];
  throw new UnknownOperation(`the operation ${operation} of Systems Manager is not served here`);
}
