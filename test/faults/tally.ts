// How often each fault was really injected.

export type Tally = {
  add(fault: string, times?: number): void;
  counts(): Record<string, number>;
};

/** Counts by the fault's name. */
export function openTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (fault, times = 1) => counts.set(fault, (counts.get(fault) ?? 0) + times),
    counts: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
