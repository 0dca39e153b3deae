// What was learned of each cluster: when it was heard, what it can do, where reconcile stands.
import type { Cluster, Partition } from "../contract/catalogue.ts";
import type { Asking } from "../job/overdue.ts";
import { type Table, withoutKeys } from "./table.ts";

export type ClusterRecord = {
  id: string;
  heardAt?: string;
  kind?: "slurm" | "stand-in";
  partitions?: Partition[];
  /** So many members an array may have, and their indices are below it; 0: it has no arrays. */
  maxArraySize?: number;
  /** Where its jobs' folders lie, and for how many days they stay. */
  folders?: Cluster["folders"];
  /** When its head node last described itself, by S3's clock. */
  describedAt?: string;
  /** When it last gave a sign of life in which it could say nothing of the cluster, since Slurm did not answer it. */
  undescribedAt?: string;
  /** What an operator says of it. */
  notice?: string;
  accept?: Cluster["accept"];
  /** The last command of reconcile, and how many in a row have had no answer. */
  askedAt?: string;
  asks?: number;
  askedVerb?: Asking["verb"];
  /** The first of those askings. */
  unansweredSince?: string;
  /** When a submitted job was last asked for again, and how often in a row. */
  resentAt?: string;
  resends?: number;
  /** When cancellings whose message was lost were last asked for again. */
  recancelledAt?: string;
  /** Receipts that were last modified before this have been read. */
  readTo?: string;
};

/** What a head node says of itself and its cluster, and when. */
export type ClusterDescription = Pick<
  ClusterRecord,
  "kind" | "partitions" | "maxArraySize" | "folders" | "describedAt" | "undescribedAt"
>;

/** Where reconcile stands. */
type ClusterNotes = Pick<
  ClusterRecord,
  | "askedAt"
  | "asks"
  | "askedVerb"
  | "unansweredSince"
  | "describedAt"
  | "resentAt"
  | "resends"
  | "recancelledAt"
  | "readTo"
>;

export type ClusterTable = ReturnType<typeof clusterTable>;

const key = (id: string) => ({ pk: `CLUSTER#${id}`, sk: "CLUSTER" });
const always = { text: "attribute_exists(pk) OR attribute_not_exists(pk)" };

export function clusterTable(table: Table) {
  return {
    get: async (id: string): Promise<ClusterRecord> => {
      const item = await table.get(key(id));
      return item ? ({ ...withoutKeys(item), id } as ClusterRecord) : { id };
    },

    /** Notes a sign of life, unless a later one is known; returns whether it was news. */
    heard: (id: string, at: string, described: Pick<ClusterRecord, "kind" | "partitions"> = {}): Promise<boolean> => {
      const given = Object.fromEntries(Object.entries(described).filter(([, value]) => value !== undefined));
      return table.update(
        key(id),
        { id, heardAt: at, ...given },
        { text: "attribute_not_exists(heardAt) OR heardAt < :heard", values: { ":heard": at } },
      );
    },

    /** Notes what the head node says of itself, whatever else was heard since; what it does not say stays as it was. */
    describe: (id: string, described: ClusterDescription): Promise<boolean> =>
      table.update(key(id), { id, ...described }, always),

    /** Notes what an operator says of it; undefined takes it back. Returns the cluster as it is then. */
    say: async (
      id: string,
      said: { notice?: string | undefined; accept?: Cluster["accept"] },
    ): Promise<ClusterRecord> => {
      if (Object.keys(said).length > 0) await table.update(key(id), { id, ...said }, always);
      return { ...withoutKeys((await table.get(key(id))) ?? {}), id } as ClusterRecord;
    },

    /** Notes where reconcile stands. */
    note: (id: string, changes: Partial<ClusterNotes>) => table.update(key(id), { id, ...changes }, always),

    /** Takes the cluster's lease until an instant; false where somebody else has it. */
    lease: (id: string, holder: string, now: string, until: string): Promise<boolean> =>
      table.update(
        key(id),
        { id, leaseHolder: holder, leaseUntil: until },
        { text: "attribute_not_exists(leaseUntil) OR leaseUntil < :now", values: { ":now": now } },
      ),

    release: (id: string, holder: string): Promise<boolean> =>
      table.update(
        key(id),
        { leaseHolder: undefined, leaseUntil: undefined },
        { text: "leaseHolder = :holder", values: { ":holder": holder } },
      ),
  };
}
