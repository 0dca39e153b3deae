// Headgate's own word: the receipts as they come, and what they say of every member in the end.
import type { S3Server } from "../../../infra/local/s3/server.ts";
import { type MemberResults, type MemberState, Receipt } from "../../../shared/headnode/receipt.ts";

type Word = {
  /** Final states that were told, without repeats; more than one is a contradiction. */
  finals: MemberState[];
  /** Slices that named the member. */
  results: { slice: number; collection: string; results: MemberResults["results"] }[];
};

export type Words = {
  /** A receipt was written; it is read at the next `settle`. */
  heard(key: string): void;
  /** Reads what was heard. */
  settle(): Promise<void>;
  of(group: string, member: number): Word;
  /** Members of the group that some results receipt has named. */
  named(group: string): number;
  receipts(): number;
};

const final = new Set<MemberState["state"]>(["succeeded", "failed", "cancelled"]);

/** Listens to the receipts of a bucket. Throws at a receipt that is not of the format. */
export function listen(s3: () => S3Server, bucket: string): Words {
  const words = new Map<string, Map<number, Word>>();
  const named = new Map<string, Set<number>>();
  let waiting: string[] = [];
  let receipts = 0;
  const of = (group: string, member: number): Word => {
    const members = words.get(group) ?? new Map<number, Word>();
    words.set(group, members);
    const word = members.get(member) ?? { finals: [], results: [] };
    members.set(member, word);
    return word;
  };
  const note = (group: string, states: readonly MemberState[]) => {
    for (const state of states) {
      if (!final.has(state.state)) continue;
      const word = of(group, state.index);
      const same = (one: MemberState) => one.state === state.state && one.reason === state.reason;
      if (!word.finals.some(same)) word.finals.push(state);
    }
  };
  const take = (receipt: Receipt) => {
    receipts += 1;
    if (receipt.kind === "states") {
      for (const group of receipt.groups) note(group.group, group.members);
      return;
    }
    note(receipt.group, receipt.states);
    const names = named.get(receipt.group) ?? new Set();
    named.set(receipt.group, names);
    for (const { index, results } of receipt.members) {
      names.add(index);
      const word = of(receipt.group, index);
      const { slice, collection } = receipt;
      const again = word.results.some((one) => one.slice === slice && one.collection === collection);
      if (!again) word.results.push({ slice, collection, results });
    }
  };
  return {
    heard: (key) => void waiting.push(key),
    async settle() {
      const keys = waiting;
      waiting = [];
      for (const key of keys) {
        const object = await s3().get(bucket, key);
        if (object !== undefined) take(Receipt.parse(JSON.parse(object.body.toString("utf8"))));
      }
    },
    of,
    named: (group) => named.get(group)?.size ?? 0,
    receipts: () => receipts,
  };
}
