// Groups in the table: proposed, fixed, sent, closed.

import { GatewayError } from "../contract/problem.ts";
import type { GroupMember, GroupRecord } from "../job/job-record.ts";
import { absent, afterAll, dueKey, type Item, queryDue, type Table } from "./table.ts";

export type GroupTable = ReturnType<typeof groupTable>;

const key = (id: string) => ({ pk: `GROUP#${id}`, sk: "GROUP" });
const attempts = 12;

export function groupTable(table: Table) {
  const get = async (id: string): Promise<GroupRecord | undefined> => {
    const item = await table.get(key(id));
    return item ? fromItem(item) : undefined;
  };

  return {
    get,

    create: (group: GroupRecord): Promise<boolean> => table.put({ ...key(group.id), ...toItem(group) }, absent),

    /** Reads, decides and writes, again where somebody else was first; returns the group as it is then. */
    change: async (
      id: string,
      decide: (group: GroupRecord) => Partial<GroupRecord> | undefined,
    ): Promise<GroupRecord | undefined> => {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const group = await get(id);
        if (!group) return undefined;
        const changes = decide(group);
        if (!changes) return group;
        const next = { ...group, ...changes, revision: group.revision + 1 };
        const { id: _id, cluster: _cluster, createdAt: _created, ...item } = toItem(next);
        const written = await table.update(key(id), item, {
          text: "#revision = :revision",
          names: { "#revision": "revision" },
          values: { ":revision": group.revision },
        });
        if (written) return next;
      }
      throw new GatewayError("unavailable", `group ${id} was changed by others ${attempts} times in a row`);
    },

    /** Groups whose forming was begun and not yet sent; eventually consistent. */
    forming: async (cluster: string, limit: number): Promise<GroupRecord[]> =>
      (await queryDue(table, cluster, "FORMING#", `FORMING#${afterAll}`, limit)).map(fromItem),

    /** Live groups of which nothing was heard since an instant (ISO 8601), the longest silent first; eventually consistent. */
    quietSince: async (cluster: string, since: string, limit: number): Promise<GroupRecord[]> =>
      (await queryDue(table, cluster, "GROUP#", `GROUP#${since}`, limit)).map(fromItem),
  };
}

/** Members as text, "job.attempt" by index and "" for a hole: a third of the size of maps. */
function toItem(group: GroupRecord): Item {
  const due =
    group.stage === "closed"
      ? { gsi2pk: undefined, gsi2sk: undefined }
      : {
          gsi2pk: dueKey(group.cluster, group.id),
          gsi2sk:
            group.stage === "sent" ? `GROUP#${group.newsAt}#${group.id}` : `FORMING#${group.createdAt}#${group.id}`,
        };
  return {
    ...group,
    members: group.members.map((member) => (member ? `${member.job}.${member.attempt}` : "")),
    ...due,
  };
}

function fromItem(item: Item): GroupRecord {
  const { pk: _pk, sk: _sk, gsi2pk: _gsi2pk, gsi2sk: _gsi2sk, members, ...rest } = item;
  return { ...(rest as Omit<GroupRecord, "members">), members: (members as string[]).map(fromText) };
}

function fromText(text: string): GroupMember | null {
  const [job, attempt] = text.split(".");
  return job && attempt ? { job, attempt: Number(attempt) } : null;
}
