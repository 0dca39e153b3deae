// Commands on disk, one JSON file each, so that what was accepted outlives the host.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** StatusDetails of AWS; "Cancelling" is only passed through. */
export type Status =
  | "Pending"
  | "Delayed"
  | "InProgress"
  | "Cancelling"
  | "Success"
  | "Failed"
  | "Cancelled"
  | "ExecutionTimedOut"
  | "DeliveryTimedOut"
  | "Undeliverable";
export type Invocation = {
  instanceId: string;
  status: Status;
  /** How often the script was started. */
  attempts: number;
  startedAt?: number;
  endedAt?: number;
  code: number;
  stdout: string;
  stderr: string;
};
export type Command = {
  id: string;
  document: string;
  comment: string;
  parameters: Record<string, string[]>;
  environment: Record<string, string>;
  timeoutSeconds: number;
  /** Milliseconds since 1970, as all times here. */
  requestedAt: number;
  invocations: Invocation[];
  /** Delivered to nobody (a fault that AWS has shown). */
  lost: boolean;
  /** Started this many times at once: 1, or 2 for a doubled delivery. */
  copies: number;
  /** What is told of its end, whatever that was: a false report. */
  said?: Status;
};
type CommandStore = {
  /** In the order they were sent. */
  commands: Map<string, Command>;
  save(command: Command): void;
};

const kept = 1000;
const final = new Set<Status>([
  "Success",
  "Failed",
  "Cancelled",
  "ExecutionTimedOut",
  "DeliveryTimedOut",
  "Undeliverable",
]);

/** Whether a status changes no more. */
export function isFinal(status: Status): boolean {
  return final.has(status);
}

/** Opens the folder and reads what is there; of finished commands the newest thousand are kept. */
export function openCommandStore(folder: string): CommandStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (id: string) => join(folder, `${id}.json`);
  const read = readdirSync(folder)
    .filter((name) => /^[0-9a-f-]{36}\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Command)
    .sort((a, b) => a.requestedAt - b.requestedAt);
  const commands = new Map(read.map((command) => [command.id, command]));

  function prune(): void {
    if (commands.size <= kept) return;
    for (const { id, invocations } of commands.values()) {
      if (commands.size <= kept) return;
      if (!invocations.every(({ status }) => isFinal(status))) continue;
      commands.delete(id);
      rmSync(fileOf(id), { force: true });
    }
  }

  prune();
  return {
    commands,
    save(command) {
      const temporary = `${fileOf(command.id)}.new`;
      writeFileSync(temporary, JSON.stringify(command), { mode: 0o600 });
      renameSync(temporary, fileOf(command.id));
      if (!commands.has(command.id)) {
        commands.set(command.id, command);
        prune();
      }
    },
  };
}
