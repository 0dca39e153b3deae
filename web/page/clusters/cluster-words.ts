// Facts about clusters in words for people. Pure.
import type { Cluster } from "../../../shared/contract/catalogue.ts";

export type Acceptance = NonNullable<Cluster["accept"]>;

/** What an operator may say of new jobs. */
export const acceptanceWords: Record<Acceptance, string> = {
  always: "always",
  "unless-silent": "only while the cluster is heard",
  never: "never",
};

/** Why a cluster takes no new jobs now; undefined where it takes them. */
export function closedWords({ name, accept, silent }: Pick<Cluster, "name" | "accept" | "silent">): string | undefined {
  if (accept === "never") return `${name} accepts no new jobs now: its operators have closed it for the time being.`;
  if (accept === "unless-silent" && silent) return `${name} accepts no new jobs while it is silent.`;
  return undefined;
}

/** Where the folders of a person's jobs lie, and for how long; undefined where the cluster has not told. */
export function foldersWords(folders: Cluster["folders"], account = "(your account)"): string | undefined {
  if (!folders) return undefined;
  const root = folders.root.replaceAll("{home}", "~").replaceAll("{account}", account);
  return `A folder for each job in ${root}, kept for ${daysWords(folders.keepDays)} after its results were collected.`;
}

/** "14 days", "1 day", "12 hours". */
export function daysWords(days: number): string {
  if (days >= 1) return counted(Math.round(days * 10) / 10, "day");
  return days * 24 >= 1
    ? counted(Math.round(days * 24), "hour")
    : counted(Math.max(1, Math.round(days * 1_440)), "minute");
}

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;
