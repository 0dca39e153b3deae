// Idempotency keys: (person, key) to the hash of the request and the job that it made. Kept 30 days.
import { type Clock, clock } from "./clock.ts";
import type { Item, Table } from "./table.ts";

export type Remembered = { hash: string; job: string };
export type IdempotencyTable = ReturnType<typeof idempotencyTable>;

const keptSeconds = 30 * 24 * 3_600;
const itemKey = (person: string, key: string) => ({ pk: `KEY#${person}#${key}`, sk: "KEY" });

export function idempotencyTable(table: Table, now: Clock = clock) {
  const seconds = () => Math.floor(now().getTime() / 1_000);
  // DynamoDB removes expired items late: they count as absent here.
  const live = (item: Item | undefined): Remembered | undefined =>
    item && Number(item.ttl) > seconds() ? { hash: String(item.hash), job: String(item.job) } : undefined;

  const get = async (person: string, key: string): Promise<Remembered | undefined> =>
    live(await table.get(itemKey(person, key)));

  return {
    get,
    /** Remembers the request unless one is remembered; returns the one that counts. */
    remember: async (person: string, key: string, request: Remembered): Promise<Remembered> => {
      const item = { ...itemKey(person, key), ...request, ttl: seconds() + keptSeconds };
      const first = await table.put(item, {
        text: "attribute_not_exists(pk) OR #ttl <= :now",
        names: { "#ttl": "ttl" },
        values: { ":now": seconds() },
      });
      return first ? request : ((await get(person, key)) ?? request);
    },
  };
}
