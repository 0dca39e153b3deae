// Telling the cloud what is new of members, at most once an interval.
import { join } from "node:path";
import type { Settings } from "./config.ts";
import { writeDurably } from "./durable-file.ts";
import type { LiveGroup } from "./live-group.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { statesOf, tellStates } from "./receipts.ts";
import { Plan, Refused, readRecord } from "./spool.ts";
import { toldBefore } from "./told.ts";

type TellContext = { settings: Settings; objects: Objects; log: Log };

export class Teller {
  readonly #context: TellContext;
  #toldAt = 0;

  constructor(context: TellContext) {
    this.#context = context;
  }

  /** Tells what is new of groups that live; what S3 does not take is told the next time. */
  async tell(groups: readonly LiveGroup[]): Promise<void> {
    const { settings, objects, log } = this.#context;
    if (Date.now() - this.#toldAt < settings.watchSeconds * 1000) return;
    const news = groups.map((group) => ({ group, members: group.news() })).filter(({ members }) => members.length > 0);
    if (news.length === 0) return;
    this.#toldAt = Date.now();
    try {
      const states = news.map(({ group, members }) => statesOf(group.id, group.plan, group.submitted.id, members));
      await tellStates(settings, objects, states);
      for (const { group, members } of news) group.wasTold(members);
    } catch (error) {
      log("tell-failed", { words: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Tells of a group that never came to Slurm; whether that is done. */
  async tellRefused(id: string, folder: string): Promise<boolean> {
    if (toldBefore(folder) !== undefined) return true;
    const { settings, objects, log } = this.#context;
    const refused = readRecord(folder, "refused", Refused);
    if (refused === undefined) return false;
    try {
      await tellStates(settings, objects, [statesOf(id, readRecord(folder, "plan", Plan), undefined, refused.members)]);
      writeDurably(join(folder, "told"), JSON.stringify({ members: refused.members }));
      return true;
    } catch (error) {
      log("tell-failed", { group: id, words: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }
}
