// Forming groups: jobs that are alike in everything but their parameters and inputs are submitted as one array.
import { createHash } from "node:crypto";
import type { Resources } from "../contract/job.ts";

/** A group has at most this many members: below MaxArraySize's default of 1,001. */
export const maxMembers = 1_000;
/** A group has at most this many inputs: each is a signed address in the batch. */
export const maxGroupInputs = 4_000;

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
export const alikeHash = (alike: Alike): string => createHash("sha256").update(canonicalJson(alike)).digest("hex");

/**
 * Splits candidates, in their order, into groups of alike ones within the bounds of members and inputs.
 * A candidate with more inputs than the bound is a group of its own.
 */
export function formGroups<T extends { alike: string; inputs: number }>(candidates: readonly T[]): T[][] {
  const groups: T[][] = [];
  const open = new Map<string, { members: T[]; inputs: number }>();
  for (const candidate of candidates) {
    const last = open.get(candidate.alike);
    if (last && last.members.length < maxMembers && last.inputs + candidate.inputs <= maxGroupInputs) {
      last.members.push(candidate);
      last.inputs += candidate.inputs;
    } else {
      const members = [candidate];
      open.set(candidate.alike, { members, inputs: candidate.inputs });
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
