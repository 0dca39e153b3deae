// Forming groups: jobs that are alike in everything but their parameters and inputs are submitted as one array.
import type { Resources } from "../contract/job.ts";

/** A group has at most this many members: below MaxArraySize's default of 1,001. */
export const maxMembers = 1_000;

/** How many members a group may have on a cluster whose arrays have at most so many; 0: it has no arrays, undefined: not known. */
export const membersWithin = (maxArraySize: number | undefined): number =>
  Math.max(1, Math.min(maxMembers, maxArraySize ?? maxMembers));

/** A group has at most this many inputs: each is a signed address in the batch. */
export const maxGroupInputs = 2_000;
/** The files of a group's members have together at most this many bytes: they travel in the batch. */
export const maxGroupBytes = 8_000_000;

/** What the members of a group have in common. */
export type Alike = {
  person: string;
  cluster: string;
  account: string;
  application: string;
  version: string;
  resources: Resources;
  script: string;
  limits: { bytes: number; files: number };
};

/** The same text for alike jobs, another for any others. */
export const alikeKey = (alike: Alike): string => canonicalJson(alike);

/**
 * Splits candidates, in their order, into groups of alike ones within the bounds of members, inputs and bytes.
 * A candidate that alone is beyond a bound is a group of its own.
 */
export function formGroups<T extends { alike: string; inputs: number; bytes: number }>(
  candidates: readonly T[],
  mostMembers = maxMembers,
): T[][] {
  const groups: T[][] = [];
  const open = new Map<string, { members: T[]; inputs: number; bytes: number }>();
  for (const candidate of candidates) {
    const last = open.get(candidate.alike);
    const fits =
      last !== undefined &&
      last.members.length < mostMembers &&
      last.inputs + candidate.inputs <= maxGroupInputs &&
      last.bytes + candidate.bytes <= maxGroupBytes;
    if (fits) {
      last.members.push(candidate);
      last.inputs += candidate.inputs;
      last.bytes += candidate.bytes;
    } else {
      const members = [candidate];
      open.set(candidate.alike, { members, inputs: candidate.inputs, bytes: candidate.bytes });
      groups.push(members);
    }
  }
  return groups;
}

/** JSON with sorted keys and without undefined: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .sort()
            .map((key) => [key, (inner as Record<string, unknown>)[key]]),
        )
      : inner,
  );
}
