// Values of sbatch's options, as Slurm 22.05 reads them (measured): undefined where they are none.

/** A time limit in whole minutes, rounded up; 0 means none at all. */
export function readMinutes(text: string): number | undefined {
  if (/^(unlimited|infinite|-1)$/i.test(text)) return 0;
  const withDays = /^(\d{1,7})-(\d{1,7})(?::(\d{1,7}))?(?::(\d{1,7}))?$/.exec(text);
  if (withDays) {
    const [, days, hours, minutes = 0, seconds = 0] = withDays;
    return toMinutes(Number(days) * 24 + Number(hours), Number(minutes), Number(seconds));
  }
  const parts = /^(\d{1,9})(?::(\d{1,7}))?(?::(\d{1,7}))?$/.exec(text);
  if (!parts) return undefined;
  const [, first, second, third] = parts;
  if (third !== undefined) return toMinutes(Number(first), Number(second), Number(third));
  return toMinutes(0, Number(first), Number(second ?? 0));
}

const toMinutes = (hours: number, minutes: number, seconds: number): number =>
  hours * 60 + minutes + Math.ceil(seconds / 60);

export const timeWords =
  "minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes or days-hours:minutes:seconds";

/** Memory in MB, rounded up: a whole number with K, M, G or T, also followed by B; without one it is in MB. */
export function readMegabytes(text: string): number | undefined {
  const parts = /^(\d{1,12})(?:([KMGT])B?)?$/i.exec(text);
  if (!parts) return undefined;
  const amount = Number(parts[1]);
  switch (parts[2]?.toUpperCase()) {
    case "K":
      return Math.ceil(amount / 1024);
    case "G":
      return amount * 1024;
    case "T":
      return amount * 1024 ** 2;
    default:
      return amount;
  }
}

/** A number of nodes, also as 1k, or as a range of one number. */
export function readNodes(text: string): number | undefined {
  const parts = /^(\d{1,7})(k?)(?:-(\d{1,7})(k?))?$/i.exec(text);
  if (!parts) return undefined;
  const [, from, fromUnit, to, toUnit] = parts;
  const amount = (digits: string | undefined, unit: string | undefined) => Number(digits) * (unit ? 1024 : 1);
  const nodes = amount(from, fromUnit);
  return to === undefined || amount(to, toUnit) === nodes ? nodes : undefined;
}

export type ArrayIndices = {
  /** Ascending, each once. */
  indices: number[];
  step: number;
  /** How many may run at once (%n). */
  limit?: number;
};

/** A sweep has at most this many jobs. */
export const mostIndices = 10_000;
const highestIndex = 4_000_000;

export const arrayWords = `indices such as 0-9, 1,3,5 or 0-15:4, at most ${mostIndices} of them up to ${highestIndex}, also with %4 at the end`;

/** The indices of --array. */
export function readArray(text: string): ArrayIndices | undefined {
  const whole = /^([\d,:-]+)(?:%(\d{1,7}))?$/.exec(text);
  if (!whole) return undefined;
  const indices = new Set<number>();
  let step = 1;
  for (const part of (whole[1] ?? "").split(",")) {
    const range = /^(\d{1,7})(?:-(\d{1,7})(?::(\d{1,7}))?)?$/.exec(part);
    if (!range) return undefined;
    const from = Number(range[1]);
    const to = Number(range[2] ?? from);
    const by = Number(range[3] ?? 1);
    if (to < from || by < 1 || to > highestIndex || (to - from) / by >= mostIndices) return undefined;
    if (range[3] !== undefined) step = by;
    for (let index = from; index <= to; index += by) indices.add(index);
  }
  if (indices.size > mostIndices || whole[2] === "0") return undefined;
  const limit = whole[2] === undefined ? {} : { limit: Number(whole[2]) };
  return { indices: [...indices].sort((a, b) => a - b), step, ...limit };
}
