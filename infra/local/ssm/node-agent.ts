// The agent of one node: takes commands in order, five at a time, and reports how each ended.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, type Invocation, isFinal } from "./command-store.ts";
import type { CommandDocument } from "./document.ts";
import { type Outcome, type ShellProcess, startShell } from "./shell-process.ts";

export type Node = { instanceId: string; environment: Record<string, string>; cwd: string };
/** What happens to one start of a script: what its environment has more, when it is killed, who hears how it ended. */
export type RunFault = () => {
  environment?: Record<string, string>;
  killAfterMs?: number | undefined;
  /** `killed`: it was killed by the above, while it ran. */
  ended?: (o: { ms: number; killed: boolean }) => void;
};
export type NodeAgent = {
  node: Node;
  /** Takes a new command, or one that a restart found unfinished. */
  take(command: Command, invocation: Invocation): void;
  cancel(command: Command, invocation: Invocation): void;
  offline(on: boolean): void;
  isOnline(): boolean;
  /** Kills what runs and forgets the rest; a later start takes it up again. */
  stop(): Promise<void>;
};

const workers = 5;
const mostAttempts = 15;

/** An agent that keeps its scripts in `folder` and calls `save` after each change of a command. */
export function createNodeAgent(o: {
  node: Node;
  folder: string;
  documentOf: (name: string) => CommandDocument | undefined;
  save: (command: Command) => void;
  log: (line: string) => void;
  /** What is done to each start: for tests. */
  fault?: () => ReturnType<RunFault> | undefined;
}): NodeAgent {
  const { node } = o;
  const waiting: { command: Command; invocation: Invocation }[] = [];
  const deadlines = new Map<Invocation, NodeJS.Timeout>();
  const running = new Map<ShellProcess, Invocation>();
  let online = true;
  let stopped = false;
  // Scripts of a host that was killed: a shell that still reads one keeps it open.
  rmSync(o.folder, { recursive: true, force: true });
  mkdirSync(o.folder, { recursive: true, mode: 0o700 });

  function end(command: Command, invocation: Invocation, change: Partial<Invocation>): void {
    clearTimeout(deadlines.get(invocation));
    deadlines.delete(invocation);
    Object.assign(invocation, { endedAt: Date.now() }, change);
    o.save(command);
    if (invocation.status === "Success") return;
    const words = invocation.stderr.trim().split("\n").at(-1) ?? "";
    o.log(`command ${command.id} on ${node.instanceId}: ${invocation.status}${words === "" ? "" : ` (${words})`}`);
  }

  function finish(command: Command, invocation: Invocation, { code, end: how, stdout, stderr }: Outcome): void {
    if (stopped || isFinal(invocation.status)) return;
    const exited = code === 0 ? "Success" : "Failed";
    const own = { exited, "timed-out": "ExecutionTimedOut", killed: "Cancelled" }[how] as Invocation["status"];
    end(command, invocation, { status: command.said ?? own, code, stdout, stderr });
  }

  function start(command: Command, invocation: Invocation, document: CommandDocument): void {
    const file = join(o.folder, `${command.id}.${invocation.attempts}.sh`);
    writeFileSync(file, document.script, { mode: 0o700 });
    const fault = o.fault?.() ?? {};
    const begun = performance.now();
    const shell = startShell({
      file,
      cwd: document.workingDirectory ?? node.cwd,
      environment: {
        ...node.environment,
        AWS_SSM_INSTANCE_ID: node.instanceId,
        SSM_COMMAND_ID: command.id,
        ...command.environment,
        ...fault.environment,
      },
      timeoutMs: document.executionTimeout * 1000,
    });
    running.set(shell, invocation);
    const timer = fault.killAfterMs === undefined ? undefined : setTimeout(() => shell.kill(), fault.killAfterMs);
    void shell.done.then((outcome) => {
      clearTimeout(timer);
      fault.ended?.({ ms: performance.now() - begun, killed: outcome.end === "killed" });
      running.delete(shell);
      rmSync(file, { force: true });
      finish(command, invocation, outcome);
      next();
    });
  }

  function next(): void {
    while (online && !stopped && running.size < workers) {
      const taken = waiting.shift();
      if (!taken) return;
      const { command, invocation } = taken;
      const document = o.documentOf(command.document);
      if (!document) {
        const stderr = `document ${command.document} is gone\n`;
        end(command, invocation, { status: "Failed", code: -1, stderr });
        continue;
      }
      if (invocation.attempts >= mostAttempts) {
        const stderr = `started ${mostAttempts} times without an end\n`;
        end(command, invocation, { status: "Failed", code: -1, stderr });
        continue;
      }
      clearTimeout(deadlines.get(invocation));
      deadlines.delete(invocation);
      Object.assign(invocation, { status: "InProgress", startedAt: Date.now() });
      for (let copy = 0; copy < command.copies; copy++) {
        invocation.attempts++;
        o.save(command);
        start(command, invocation, document);
      }
    }
  }

  function drop(invocation: Invocation): void {
    const at = waiting.findIndex((one) => one.invocation === invocation);
    if (at >= 0) waiting.splice(at, 1);
  }

  function take(command: Command, invocation: Invocation): void {
    // What had begun before a restart was delivered: only what never began can be late.
    if (invocation.attempts === 0) {
      const left = command.requestedAt + command.timeoutSeconds * 1000 - Date.now();
      const late = () => {
        drop(invocation);
        end(command, invocation, { status: "DeliveryTimedOut", code: -1 });
      };
      if (left <= 0) {
        late();
        return;
      }
      // Longer than a timer of Node lasts: it is found late at the next start.
      if (left < 2 ** 31) deadlines.set(invocation, setTimeout(late, left).unref());
    }
    if (command.lost) return;
    waiting.push({ command, invocation });
    if (!online) invocation.status = "Delayed";
    o.save(command);
    setImmediate(next);
  }

  function cancel(command: Command, invocation: Invocation): void {
    if (isFinal(invocation.status)) return;
    drop(invocation);
    const shells = [...running].filter(([, of]) => of === invocation).map(([shell]) => shell);
    if (shells.length === 0) {
      end(command, invocation, { status: "Cancelled", code: -1 });
      return;
    }
    invocation.status = "Cancelling";
    o.save(command);
    for (const shell of shells) shell.kill();
  }

  return {
    node,
    take,
    cancel,
    isOnline: () => online,
    offline(on) {
      online = !on;
      for (const { command, invocation } of waiting) {
        invocation.status = on ? "Delayed" : "Pending";
        o.save(command);
      }
      next();
    },
    async stop() {
      stopped = true;
      for (const timer of deadlines.values()) clearTimeout(timer);
      const shells = [...running.keys()];
      for (const shell of shells) shell.kill();
      await Promise.all(shells.map(({ done }) => done));
    },
  };
}
