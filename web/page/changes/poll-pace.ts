// How soon to ask again for what has moved. Pure.

/** Waits in ms. */
const shortest = 2_000;
const longest = 6_000;
/** A tab that nobody looks at keeps its title right, and no more. */
const hiddenWait = 60_000;
const longestAfterFailure = 60_000;

export type Pace = {
  /** Nobody sees the page. */
  hidden: boolean;
  /** How many times in a row it failed. */
  failures: number;
  /** For how long nothing has moved (ms). */
  quiet: number;
};

/** The wait before the next question (ms): a twentieth of the quiet while somebody looks, doubled with each failure. */
export function pollWait({ hidden, failures, quiet }: Pace): number {
  const wait = hidden ? hiddenWait : Math.min(Math.max(shortest, quiet / 20), longest);
  return failures === 0 ? wait : Math.max(wait, Math.min(shortest * 2 ** Math.min(failures, 10), longestAfterFailure));
}
