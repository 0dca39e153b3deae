// Which route an event is for: by API Gateway's route key, or by our own matcher where $default caught it.
import { type OperationId, type Route, routes } from "../../shared/contract/routes.ts";

export type Matched = { operation: OperationId; route: Route; params: Record<string, string> };
export type NoMatch = { allowed: string[] };

const table = Object.entries(routes) as [OperationId, Route][];
const byKey = new Map(table.map(([operation, route]) => [`${route.method} ${route.path}`, { operation, route }]));
const patterns = table.map(([operation, route]) => ({ operation, route, segments: route.path.split("/").slice(1) }));

/** The route of an event, or the methods that its path would answer (none: there is no such path). */
export function matchRoute(event: {
  routeKey: string;
  rawPath: string;
  method: string;
  pathParameters?: Record<string, string | undefined> | undefined;
}): Matched | NoMatch {
  const known = byKey.get(event.routeKey);
  if (known) {
    const params = Object.entries(event.pathParameters ?? {}).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return { ...known, params: Object.fromEntries(params) };
  }
  const path = event.rawPath.replace(/^\//, "").replace(/\/+$/, "").split("/");
  const allowed = new Set<string>();
  for (const { operation, route, segments } of patterns) {
    const params = matchSegments(segments, path);
    if (!params) continue;
    if (route.method === event.method) return { operation, route, params };
    allowed.add(route.method);
  }
  return { allowed: [...allowed] };
}

function matchSegments(segments: string[], path: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [place, segment] of segments.entries()) {
    const given = path[place];
    if (given === undefined || given === "") return undefined;
    const name = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (!name?.[1]) {
      if (segment !== given) return undefined;
      continue;
    }
    if (name[2] === "+") {
      params[name[1]] = path.slice(place).join("/");
      return params;
    }
    params[name[1]] = decoded(given);
  }
  return path.length === segments.length ? params : undefined;
}

/** A path part without its percent signs' meaning; as it is where it is not well formed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
