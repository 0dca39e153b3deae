// Processes of accounts for a piece of work: one each, started when it is first needed, all let go at its end.
import { AccountProcess } from "./account-process.ts";
import type { Identity } from "./account-rule.ts";
import type { Settings } from "./config.ts";

export class AccountPool {
  readonly #settings: Settings;
  readonly #processes = new Map<string, AccountProcess>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** The account's process; a fresh one where the last has died. */
  as(identity: Identity): AccountProcess {
    const found = this.#processes.get(identity.name);
    if (found?.alive) return found;
    const fresh = new AccountProcess(this.#settings, identity);
    this.#processes.set(identity.name, fresh);
    return fresh;
  }

  close(): void {
    for (const process of this.#processes.values()) process.close();
  }
}
