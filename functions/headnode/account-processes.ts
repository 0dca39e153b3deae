// The processes of accounts with groups that live: one each, started when it is needed, let go with the account's last group.
import { AccountProcess } from "./account-process.ts";
import { type Identity, identityOf } from "./account-rule.ts";
import type { Settings } from "./config.ts";
import type { LiveGroup } from "./live-group.ts";
import type { Log } from "./log.ts";
import type { Plan } from "./spool.ts";
import { within } from "./within.ts";

export type AccountsContext = {
  settings: Settings;
  log: Log;
  groups: ReadonlyMap<string, LiveGroup>;
  /** A member has just ended its work, by its own record. */
  onEnd(): void;
};

const followMs = 20_000;

export class AccountProcesses {
  readonly #context: AccountsContext;
  readonly #processes = new Map<string, AccountProcess>();

  constructor(context: AccountsContext) {
    this.#context = context;
  }

  /** The process of a plan's account. */
  of(plan: Plan): AccountProcess {
    return this.as(identityOf(plan));
  }

  /** The process of an account: it reads records and results while groups of the account live. */
  as(identity: Identity): AccountProcess {
    const found = this.#processes.get(identity.name);
    if (found?.alive) return found;
    const { settings, log, groups, onEnd } = this.#context;
    const fresh = new AccountProcess(settings, identity, (group, name, text) => {
      if (groups.get(group)?.record(name, text)) onEnd();
    });
    this.#processes.set(identity.name, fresh);
    void fresh.ended.then(() => log("account-process-ended", { account: identity.name }));
    for (const group of groups.values())
      if (group.plan.account === identity.name) fresh.follow(group.id, group.plan.folder).catch(() => {});
    return fresh;
  }

  /** Has a group's records told as they appear. */
  async follow(group: LiveGroup): Promise<void> {
    const account = this.of(group.plan);
    await within(account.follow(group.id, group.plan.folder), followMs).catch((error: Error) => {
      account.kill(error.message);
      this.#context.log("records-unread", { group: group.id, words: error.message });
    });
  }

  /** Starts the account's process again where it has died: its records would go unread. */
  revive(account: string): void {
    const group = [...this.#context.groups.values()].find((candidate) => candidate.plan.account === account);
    if (group !== undefined) this.of(group.plan);
  }

  /** A group that lives no more, and is none of `groups` any more. */
  release({ id, plan }: LiveGroup): void {
    const process = this.#processes.get(plan.account);
    process?.unfollow(id).catch(() => {});
    if ([...this.#context.groups.values()].some((other) => other.plan.account === plan.account)) return;
    process?.close();
    this.#processes.delete(plan.account);
  }

  close(): void {
    for (const process of this.#processes.values()) process.close();
  }
}
