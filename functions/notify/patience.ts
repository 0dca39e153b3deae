// How long mail waits: after a refusal, for results, for the rest of a sweep.
import { iso } from "../../shared/aws/clock.ts";
import type { NotifyParts } from "./parts.ts";

const minute = 60_000;
/** After each refusal of a mail (minutes); after one more it is given up. */
const refusalWaits = [5, 30, 120, 360];

type Waits = Pick<NotifyParts, "scale" | "now">;

/** Real minutes from now, as the scale has them. */
export const inMinutes = (minutes: number, { now, scale }: Waits): string =>
  iso(new Date(now().getTime() + (minutes * minute) / scale));

/** When a mail that was refused so often is tried again; undefined: never. */
export function afterRefusals(tries: number, waits: Waits): string | undefined {
  const minutes = refusalWaits[tries - 1];
  return minutes === undefined ? undefined : inMinutes(minutes, waits);
}

/** A mail that could not be sent for three days says nothing new. */
export const isTooOld = (at: string, { now, scale }: Waits): boolean =>
  now().getTime() - Date.parse(at) > (3 * 24 * 60 * minute) / scale;

/** An end is told with its results, unless they take longer than this. */
export const awaitsResults = (endedAt: string, { now, scale }: Waits): boolean =>
  now().getTime() - Date.parse(endedAt) < (10 * minute) / scale;

/** When to look whether the rest of a sweep still lives: the older the sweep, the later. */
export const nextLook = (createdAt: string, waits: Waits): string => {
  const age = ((waits.now().getTime() - Date.parse(createdAt)) * waits.scale) / minute;
  return inMinutes(Math.min(360, Math.max(10, age / 8)), waits);
};
