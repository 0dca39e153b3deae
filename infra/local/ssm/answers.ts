// Commands as Systems Manager's API shows them.
import { type Command, type Invocation, isFinal, type Status } from "./command-store.ts";
import type { CommandDocument } from "./document.ts";
import type { NodeAgent } from "./node-agent.ts";
import { cut } from "./shell-process.ts";

/** Characters of output in lists. */
const listLimit = 2500;

/** The short status that goes with a detailed one. */
function short(status: Status): string {
  if (status === "ExecutionTimedOut" || status === "DeliveryTimedOut") return "TimedOut";
  return status === "Undeliverable" ? "Failed" : status;
}

function statusOf({ invocations }: Command): Status {
  const statuses = invocations.map(({ status }) => status);
  if (statuses.every((status) => status === "Pending")) return "Pending";
  if (!statuses.every(isFinal)) return statuses.includes("Cancelling") ? "Cancelling" : "InProgress";
  return statuses.find((status) => status !== "Success") ?? "Success";
}

const seconds = (ms: number) => ms / 1000;
const iso = (ms: number | undefined) => (ms === undefined ? "" : new Date(ms).toISOString());

/** The Command of SendCommand and ListCommands. */
export function commandAnswer(command: Command): Record<string, unknown> {
  const status = statusOf(command);
  const count = (...wanted: Status[]) => command.invocations.filter((one) => wanted.includes(one.status)).length;
  return {
    CommandId: command.id,
    DocumentName: command.document,
    DocumentVersion: "$DEFAULT",
    Comment: command.comment,
    ExpiresAfter: seconds(command.requestedAt + command.timeoutSeconds * 1000),
    Parameters: command.parameters,
    InstanceIds: command.invocations.map(({ instanceId }) => instanceId),
    Targets: [],
    RequestedDateTime: seconds(command.requestedAt),
    Status: short(status),
    StatusDetails: status,
    MaxConcurrency: "50",
    MaxErrors: "0",
    TargetCount: command.invocations.length,
    CompletedCount: command.invocations.filter((one) => isFinal(one.status)).length,
    ErrorCount: count("Failed", "ExecutionTimedOut", "Undeliverable"),
    DeliveryTimedOutCount: count("DeliveryTimedOut"),
    TimeoutSeconds: command.timeoutSeconds,
  };
}

/** The answer of GetCommandInvocation. */
export function invocationAnswer(
  command: Command,
  invocation: Invocation,
  document: CommandDocument | undefined,
): Record<string, unknown> {
  const { startedAt, endedAt, status } = invocation;
  const elapsed = startedAt !== undefined && endedAt !== undefined ? seconds(endedAt - startedAt) : undefined;
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.document,
    DocumentVersion: "$DEFAULT",
    PluginName: document?.step ?? "",
    ResponseCode: invocation.code,
    ExecutionStartDateTime: iso(startedAt),
    ExecutionElapsedTime: elapsed === undefined ? "" : `PT${elapsed}S`,
    ExecutionEndDateTime: startedAt === undefined ? "" : iso(endedAt),
    Status: short(status),
    StatusDetails: status,
    StandardOutputContent: invocation.stdout,
    StandardOutputUrl: "",
    StandardErrorContent: invocation.stderr,
    StandardErrorUrl: "",
  };
}

/** One entry of ListCommandInvocations; with details it has the step and the start of its output. */
export function invocationEntry(
  command: Command,
  invocation: Invocation,
  document: CommandDocument | undefined,
  details: boolean,
): Record<string, unknown> {
  const { instanceId, status, startedAt, endedAt } = invocation;
  const plugin = {
    Name: document?.step ?? "",
    Status: short(status),
    StatusDetails: status,
    ResponseCode: invocation.code,
    ...(startedAt === undefined ? {} : { ResponseStartDateTime: seconds(startedAt) }),
    ...(endedAt === undefined ? {} : { ResponseFinishDateTime: seconds(endedAt) }),
    Output: cut(
      invocation.stderr === ""
        ? invocation.stdout
        : `${invocation.stdout}\n----------ERROR-------\n${invocation.stderr}`,
      listLimit,
    ),
  };
  return {
    CommandId: command.id,
    InstanceId: instanceId,
    InstanceName: "",
    Comment: command.comment,
    DocumentName: command.document,
    DocumentVersion: "$DEFAULT",
    RequestedDateTime: seconds(command.requestedAt),
    Status: short(status),
    StatusDetails: status,
    CommandPlugins: details ? [plugin] : [],
  };
}

/** One entry of DescribeInstanceInformation. */
export function instanceAnswer({ node: { instanceId }, isOnline }: NodeAgent): Record<string, unknown> {
  return {
    InstanceId: instanceId,
    PingStatus: isOnline() ? "Online" : "ConnectionLost",
    LastPingDateTime: seconds(Date.now()),
    AgentVersion: "3.3.2746.0",
    IsLatestVersion: true,
    PlatformType: "Linux",
    PlatformName: "Linux",
    ResourceType: instanceId.startsWith("mi-") ? "ManagedInstance" : "EC2Instance",
    IPAddress: "127.0.0.1",
    ComputerName: instanceId,
  };
}

/** The answer of GetDocument. */
export function documentAnswer({ name, content }: CommandDocument): Record<string, unknown> {
  return {
    Name: name,
    DocumentVersion: "1",
    Status: "Active",
    Content: content,
    DocumentType: "Command",
    DocumentFormat: "JSON",
  };
}

/** The answer of DescribeDocument. */
export function documentDescription({ name, description, parameters }: CommandDocument): Record<string, unknown> {
  const Parameters = Object.entries(parameters).map(([Name, { type, description: text, default: preset }]) => ({
    Name,
    Type: type,
    ...(text === undefined ? {} : { Description: text }),
    ...(preset === undefined ? {} : { DefaultValue: preset }),
  }));
  return {
    Document: {
      Name: name,
      Description: description,
      Status: "Active",
      DocumentVersion: "1",
      LatestVersion: "1",
      DefaultVersion: "1",
      SchemaVersion: "2.2",
      DocumentType: "Command",
      DocumentFormat: "JSON",
      PlatformTypes: ["Linux", "MacOS"],
      Parameters,
    },
  };
}
