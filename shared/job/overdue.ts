// What reconcile asks for again, and when: pure rules over what is known of a cluster.
import { openCancels } from "./group-marks.ts";
import type { GroupRecord } from "./job-record.ts";

/** Waiting times in seconds, before they are divided by the scale. */
export const waits = {
  /** A submitted job that no dispatch took. */
  submitted: 120,
  /** A job that is to be cancelled, whose group does not say so. */
  cancelUnheard: 120,
  /** A group that was sent and of which nothing was heard. */
  acknowledgement: 180,
  /** A head node without any sign of life while it has live groups. */
  heartbeat: 180,
  /** A live group of which nothing was heard although its head node speaks. */
  quietGroup: 1_800,
  /** A group of which its head node has no memory, before it is given up. */
  unknown: 24 * 3_600,
  /** A member that is to be cancelled and has not ended. */
  cancel: 300,
  /** A cluster that has not described itself, or not for so long. */
  description: 6 * 3_600,
  /** A head node whom Slurm did not answer, before it is asked for a description again. */
  slurmAway: 600,
  /** Askings without an answer: from then on the cluster counts as silent. */
  silence: 600,
  /** A command in flight: no other is sent meanwhile, unless the cluster has spoken since. */
  command: 120,
} as const;

/** Seconds to wait after the nth asking in a row without news: 1, 2, 4 … 30 minutes. */
export const backOff = (asks: number): number => Math.min(60 * 2 ** Math.max(0, asks - 1), 1_800);

export type ClusterKnowledge = {
  heardAt?: string | undefined;
  /** When the last command of reconcile was sent, and how many in a row got no answer. */
  askedAt?: string | undefined;
  asks: number;
  /** What that command asked for. */
  askedVerb?: Asking["verb"] | undefined;
  /** When its head node last described itself. */
  describedAt?: string | undefined;
  /** When it last spoke without an answer of Slurm's. */
  undescribedAt?: string | undefined;
};

export type LiveGroup = Pick<GroupRecord, "id" | "acknowledged" | "newsAt" | "settled" | "cancels" | "cancelSentAt">;

export type Asking = { verb: "submit" | "cancel" | "report"; groups: string[] };

/** Whether something has waited for longer than `seconds`, scaled. Times are ISO 8601. */
export function overdue(since: string, seconds: number, now: Date, scale: number): boolean {
  return now.getTime() - Date.parse(since) > (seconds * 1_000) / scale;
}

const verbs = ["submit", "cancel", "report"] as const;

/**
 * The one command that a cluster is to be sent now, or undefined. Groups that were never acknowledged are submitted
 * again before anything is cancelled, and that before anything is reported; of several that are due the next one after
 * the last, so that none waits for another that comes to no end. At most one is in flight.
 */
export function nextAsking(
  cluster: ClusterKnowledge,
  groups: readonly LiveGroup[],
  now: Date,
  scale: number,
): Asking | undefined {
  const answered = wasAnswered(cluster);
  if (cluster.askedAt !== undefined) {
    const wait = answered ? 60 : Math.max(waits.command, backOff(cluster.asks));
    if (!overdue(cluster.askedAt, wait, now, scale)) return undefined;
  }
  const unacknowledged = groups.filter(
    (group) => !group.acknowledged && overdue(group.newsAt, waits.acknowledgement, now, scale),
  );
  const uncancelled = groups.filter(
    ({ cancelSentAt, ...group }) =>
      cancelSentAt !== undefined && overdue(cancelSentAt, waits.cancel, now, scale) && openCancels(group).length > 0,
  );
  const silent = cluster.heardAt === undefined || overdue(cluster.heardAt, waits.heartbeat, now, scale);
  const quiet = groups.filter(
    (group) => group.acknowledged && overdue(group.newsAt, silent ? waits.heartbeat : waits.quietGroup, now, scale),
  );
  const due = { submit: unacknowledged, cancel: uncancelled, report: quiet };
  const last = cluster.askedVerb === undefined ? -1 : verbs.indexOf(cluster.askedVerb);
  const turn = [...verbs.slice(last + 1), ...verbs.slice(0, last + 1)].find((verb) => due[verb].length > 0);
  if (turn !== undefined) return { verb: turn, groups: due[turn].map((group) => group.id) };
  // a report of no groups: the head node only describes itself
  return lacksDescription(cluster, now, scale) ? { verb: "report", groups: [] } : undefined;
}

function lacksDescription({ describedAt, undescribedAt }: ClusterKnowledge, now: Date, scale: number): boolean {
  if (undescribedAt !== undefined && !overdue(undescribedAt, waits.slurmAway, now, scale)) return false;
  return describedAt === undefined || overdue(describedAt, waits.description, now, scale);
}

const wasAnswered = ({ askedAt, heardAt }: Pick<ClusterKnowledge, "askedAt" | "heardAt">): boolean =>
  askedAt !== undefined && heardAt !== undefined && heardAt > askedAt;

/**
 * Since when a cluster is silent: it was asked more than once, for a while, and has answered nothing. One that rests
 * and is not asked is not silent.
 */
export function silentSince(
  cluster: { asks?: number; askedAt?: string; heardAt?: string; unansweredSince?: string },
  now: Date,
  scale: number,
): string | undefined {
  const { asks = 0, unansweredSince } = cluster;
  if (unansweredSince === undefined || asks < 2 || wasAnswered(cluster)) return undefined;
  return overdue(unansweredSince, waits.silence, now, scale) ? unansweredSince : undefined;
}

/** How many askings in a row have had no answer, this one included. */
export const asksAfter = (cluster: ClusterKnowledge): number => (wasAnswered(cluster) ? 1 : cluster.asks + 1);
