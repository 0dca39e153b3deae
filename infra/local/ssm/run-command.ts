// Systems Manager's Run Command on this machine: our documents, really run, with the faults that AWS has shown.
import { join } from "node:path";
import {
  commandAnswer,
  documentAnswer,
  documentDescription,
  instanceAnswer,
  invocationAnswer,
  invocationEntry,
} from "./answers.ts";
import { type Command, isFinal, openCommandStore } from "./command-store.ts";
import { type CommandDocument, readDocument } from "./document.ts";
import { filtersOf, page, passes } from "./listing.ts";
import { createNodeAgent, type Node, type NodeAgent, type RunFault } from "./node-agent.ts";
import { commandFrom, documentName } from "./send-command.ts";
import { SsmError } from "./ssm-error.ts";

export type { Node } from "./node-agent.ts";

type Body = Record<string, unknown>;

/** What happens to one command. */
export type CommandFault = {
  /** Accepted and never delivered. */
  lost?: boolean;
  /** Started so many times at once. */
  copies?: number;
  /** Milliseconds before the node hears of it. */
  lateMs?: number;
  /** The status that is told at its end, whatever became of it; of a lost one at once. */
  said?: "Success" | "Failed";
};

export type RunCommandOptions = {
  /** By their physical names: the template's content, as an object or JSON. */
  documents: Record<string, unknown>;
  /** The environment is all that a script sees, beside SSM_<parameter>, SSM_COMMAND_ID and AWS_SSM_INSTANCE_ID. */
  nodes: Node[];
  /** Where commands are kept; what it holds unfinished is run again at the start. */
  dir: string;
  log: (line: string) => void;
};
export type RunCommand = {
  /** Answers `AmazonSSM.<operation>` with a JSON body; fits a front door's upstream as it is. */
  handle(target: string, body: Buffer | string): Promise<{ status: number; body: string }>;
  /** Kills the process groups that run; their commands are run again at the next start. */
  stop(): Promise<void>;
  faults: {
    /** Milliseconds after SendCommand during which its invocation does not exist yet. */
    delayMs: number;
    offline(instanceId: string, on: boolean): void;
    /** The next n commands are accepted and never delivered. */
    lose(n: number): void;
    /** The next n commands are run twice. */
    duplicate(n: number): void;
    /** Asked for each command, after what stands above. */
    each: (() => CommandFault) | undefined;
    /** Asked for each start of a command's script, with the environment that it may change. */
    run: RunFault | undefined;
  };
};

/** Starts Run Command. Throws where a document is not one that can run here. */
export async function startRunCommand({ documents, nodes, dir, log }: RunCommandOptions): Promise<RunCommand> {
  const read = new Map(Object.entries(documents).map(([name, content]) => [name, readDocument(name, content)]));
  const store = openCommandStore(join(dir, "commands"));
  const documentOf = (name: string): CommandDocument | undefined => read.get(name);
  const agentOf = (node: Node): [string, NodeAgent] => [
    node.instanceId,
    createNodeAgent({
      node,
      folder: join(dir, "scripts", node.instanceId),
      documentOf,
      save: store.save,
      log,
      fault: () => controls.run?.(),
    }),
  ];
  const agents = new Map(nodes.map(agentOf));
  const faults = { lose: 0, duplicate: 0 };
  const late = new Set<NodeJS.Timeout>();

  function requireDocument(body: Body): CommandDocument {
    const document = documentOf(documentName(body.Name));
    if (!document) throw new SsmError("InvalidDocument", `document ${String(body.Name)} does not exist`);
    return document;
  }

  function deliver(command: Command): void {
    for (const invocation of command.invocations) {
      if (isFinal(invocation.status)) continue;
      const agent = agents.get(invocation.instanceId);
      if (!agent || invocation.status === "Cancelling") {
        invocation.status = agent ? "Cancelled" : "Undeliverable";
        store.save(command);
      } else if (command.lost && command.said !== undefined) {
        Object.assign(invocation, { status: command.said, startedAt: Date.now(), endedAt: Date.now(), code: 0 });
        store.save(command);
      } else agent.take(command, invocation);
    }
  }

  function send(body: Body): Body {
    const command = commandFrom(body, documentOf, (id) => agents.has(id));
    const own = controls.each?.() ?? {};
    if (faults.lose > 0) {
      faults.lose--;
      command.lost = true;
    } else if (faults.duplicate > 0) {
      faults.duplicate--;
      command.copies = 2;
    }
    const { lost = command.lost, copies = command.copies, lateMs = 0, said } = own;
    Object.assign(command, { lost, copies, ...(said === undefined ? {} : { said }) });
    store.save(command);
    const answer = { Command: commandAnswer(command) };
    if (lateMs <= 0) deliver(command);
    else {
      const timer = setTimeout(() => {
        late.delete(timer);
        deliver(command);
      }, lateMs);
      late.add(timer);
    }
    return answer;
  }

  /** Commands that an asker may see by now, newest first, narrowed to those the request names. */
  function visible({
    CommandId,
    InstanceId,
  }: Body): { command: Command; invocation: Command["invocations"][number] }[] {
    const limit = Date.now() - controls.delayMs;
    return [...store.commands.values()]
      .reverse()
      .filter(({ id, requestedAt }) => requestedAt <= limit && (CommandId === undefined || id === CommandId))
      .flatMap((command) => command.invocations.map((invocation) => ({ command, invocation })))
      .filter(({ invocation }) => InstanceId === undefined || invocation.instanceId === InstanceId);
  }

  function getInvocation({ CommandId = "", InstanceId = "" }: Body): Body {
    const [found] = visible({ CommandId, InstanceId });
    if (!found)
      throw new SsmError("InvocationDoesNotExist", `no command ${String(CommandId)} on ${String(InstanceId)}`);
    return invocationAnswer(found.command, found.invocation, documentOf(found.command.document));
  }

  const filterKeys = ["DocumentName", "InvokedAfter", "InvokedBefore", "Status"];

  function listInvocations(body: Body): Body {
    const filters = filtersOf(body.Filters, filterKeys);
    const found = visible(body).filter(({ command, invocation }) => passes(filters, command, invocation));
    const { items, next } = page(found, body);
    const entries = items.map(({ command, invocation }) =>
      invocationEntry(command, invocation, documentOf(command.document), body.Details === true),
    );
    return { CommandInvocations: entries, ...next };
  }

  function listCommands(body: Body): Body {
    const filters = filtersOf(body.Filters, filterKeys);
    const found = visible(body).filter(({ command, invocation }) => passes(filters, command, invocation));
    const { items, next } = page([...new Set(found.map(({ command }) => command))], body);
    return { Commands: items.map(commandAnswer), ...next };
  }

  function cancel({ CommandId, InstanceIds }: Body): Body {
    const command = store.commands.get(String(CommandId));
    if (!command) throw new SsmError("InvalidCommandId", `no command ${String(CommandId)}`);
    const wanted = Array.isArray(InstanceIds) && InstanceIds.length > 0 ? InstanceIds.map(String) : undefined;
    const stranger = wanted?.find((id) => !command.invocations.some(({ instanceId }) => instanceId === id));
    if (stranger !== undefined) throw new SsmError("InvalidInstanceId", `command ${command.id} is not on ${stranger}`);
    for (const invocation of command.invocations) {
      if (wanted && !wanted.includes(invocation.instanceId)) continue;
      agents.get(invocation.instanceId)?.cancel(command, invocation);
    }
    return {};
  }

  function describeInstances(body: Body): Body {
    const filters = [body.Filters, body.InstanceInformationFilterList].flatMap((list) =>
      Array.isArray(list) ? list : [],
    );
    const wanted = (filters as Record<string, unknown>[]).map((one) => {
      const key = one.Key ?? one.key;
      if (key !== "InstanceIds")
        throw new SsmError("InvalidFilterKey", `"${String(key)}" is no filter here; InstanceIds is`);
      return (one.Values ?? one.valueSet) as string[];
    });
    const found = [...agents.values()].filter(({ node }) => wanted.every((ids) => ids.includes(node.instanceId)));
    const { items, next } = page(found, body);
    return { InstanceInformationList: items.map(instanceAnswer), ...next };
  }

  const operations: Record<string, (body: Body) => Body> = {
    SendCommand: send,
    GetCommandInvocation: getInvocation,
    ListCommandInvocations: listInvocations,
    ListCommands: listCommands,
    CancelCommand: cancel,
    DescribeInstanceInformation: describeInstances,
    GetDocument: (body) => documentAnswer(requireDocument(body)),
    DescribeDocument: (body) => documentDescription(requireDocument(body)),
  };

  const controls: RunCommand["faults"] = {
    delayMs: 0,
    each: undefined,
    run: undefined,
    offline(instanceId, on) {
      const agent = agents.get(instanceId);
      if (!agent) throw new Error(`no node "${instanceId}"; there are ${[...agents.keys()].join(", ")}`);
      agent.offline(on);
    },
    lose(n) {
      faults.lose = n;
    },
    duplicate(n) {
      faults.duplicate = n;
    },
  };

  for (const command of store.commands.values()) deliver(command);

  return {
    async handle(target, body) {
      const operation = target.replace(/^AmazonSSM\./, "");
      try {
        if (!Object.hasOwn(operations, operation)) {
          throw new SsmError("UnknownOperationException", `the operation "${operation}" is not served here`);
        }
        const answer = operations[operation]?.(JSON.parse(body.toString()) as Body);
        return { status: 200, body: JSON.stringify(answer) };
      } catch (cause) {
        if (!(cause instanceof SsmError)) log(`${operation} failed: ${cause instanceof Error ? cause.stack : cause}`);
        const [status, error] =
          cause instanceof SsmError ? [400, cause] : [500, new SsmError("InternalServerError", "Run Command failed")];
        return { status, body: JSON.stringify({ __type: error.code, message: error.message, Message: error.message }) };
      }
    },
    async stop() {
      for (const timer of late) clearTimeout(timer);
      await Promise.all([...agents.values()].map((agent) => agent.stop()));
    },
    faults: controls,
  };
}
