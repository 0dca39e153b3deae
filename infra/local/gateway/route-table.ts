// API Gateway's choice of a route: the most specific path that the method fits, then $default.

export type Route<T> = { key: string; target: T };
export type Match<T> = { route: Route<T>; parameters: Record<string, string> };

type Segment = { kind: "text"; text: string } | { kind: "one" | "rest"; name: string };
type Entry<T> = { route: Route<T>; method: string; segments: Segment[] };
const rank = { text: 0, one: 1, rest: 2 } as const;

function parse(path: string): Segment[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => {
      const [, name, greedy] = /^\{([^{}+]+)(\+?)\}$/.exec(part) ?? [];
      return name === undefined ? { kind: "text", text: part } : { kind: greedy ? "rest" : "one", name };
    });
}

/** Static before {one} before {rest+}, from the left; a method of its own before ANY. */
function compare<T>(a: Entry<T>, b: Entry<T>): number {
  for (let n = 0; n < Math.max(a.segments.length, b.segments.length); n++) {
    const [one, other] = [a.segments[n], b.segments[n]];
    if (!one || !other) return b.segments.length - a.segments.length;
    if (rank[one.kind] !== rank[other.kind]) return rank[one.kind] - rank[other.kind];
  }
  return Number(a.method === "ANY") - Number(b.method === "ANY");
}

/** A part of a path with its percent signs undone; left as it is where they mean nothing. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parametersOf(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [n, segment] of segments.entries()) {
    const part = parts[n];
    if (part === undefined) return undefined;
    if (segment.kind === "text") {
      if (segment.text !== decodePart(part)) return undefined;
    } else if (segment.kind === "rest") {
      const rest = parts.slice(n).map(decodePart).join("/");
      if (rest === "") return undefined;
      parameters[segment.name] = rest;
      return parameters;
    } else {
      if (part === "") return undefined;
      parameters[segment.name] = decodePart(part);
    }
  }
  return segments.length === parts.length ? parameters : undefined;
}

/**
 * Makes the table of "METHOD /path/{one}/{rest+}" and "$default" routes.
 * @throws Error on a route key of another shape
 */
export function routeTable<T>(routes: readonly Route<T>[]): (method: string, path: string) => Match<T> | undefined {
  const fallback = routes.find(({ key }) => key === "$default");
  const entries = routes
    .filter((route) => route !== fallback)
    .map((route) => {
      const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(route.key) ?? [];
      if (!method || !path) throw new Error(`a route key is "METHOD /path" or "$default", got "${route.key}"`);
      return { route, method, segments: parse(path) };
    })
    .sort(compare);
  return (method, path) => {
    const parts = path.split("/").slice(1);
    for (const entry of entries) {
      if (entry.method !== "ANY" && entry.method !== method) continue;
      const parameters = parametersOf(entry.segments, parts);
      if (parameters) return { route: entry.route, parameters };
    }
    return fallback && { route: fallback, parameters: {} };
  };
}
