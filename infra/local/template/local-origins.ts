// Where AWS's public addresses lie on this machine: rewritten wherever a resolved value names one.

/** Origins as AWS would have them ("https://d1.cloudfront.net") to local ones ("http://127.0.0.1:4780"). */
export type Origins = ReadonlyMap<string, string>;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A function that puts local origins in the place of AWS's in every text of a value. */
export function localise(origins: Origins): <T>(value: T) => T {
  const all = [...origins.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(?:${all.map(escaped).join("|")})(?![A-Za-z0-9.-])`, "g");
  const visit = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(pattern, (origin) => origins.get(origin) ?? origin);
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, visit(part)]));
  };
  return <T>(value: T): T => (origins.size === 0 ? value : (visit(value) as T));
}
