// Which jobs are shown: as the address bar says it, and as the API is asked.
import type { JobState } from "../../../shared/contract/job.ts";
import type { JobsQuery } from "../../client/gateway-client.ts";
import { states } from "../words.ts";

export type JobFilter = {
  state: readonly JobState[];
  application: readonly string[];
  cluster: readonly string[];
  tag: readonly string[];
  /** Words that must all be found. */
  text: string;
  /** Created on that day or later, before that day: "2026-01-31" in local time, or "7d" for seven days ago. */
  since: string;
  until: string;
};

export const everything: JobFilter = {
  state: [],
  application: [],
  cluster: [],
  tag: [],
  text: "",
  since: "",
  until: "",
};

const listNames = ["state", "application", "cluster", "tag"] as const;
const wordNames = ["text", "since", "until"] as const;
const slug = /^[a-z0-9][a-z0-9-]{0,63}$/;
const day = /^\d{4}-\d{2}-\d{2}$/;
const daysAgo = /^(\d{1,4})d$/;
const dayMs = 86_400_000;

/** What an address asks for; what it says that makes no sense is left out. */
export function readFilter(search: string): JobFilter {
  const query = new URLSearchParams(search);
  const list = (name: string) => [...new Set((query.get(name) ?? "").split(",").filter(Boolean))].slice(0, 32);
  const moment = (name: string) => {
    const text = query.get(name) ?? "";
    return momentOf(text, 0) === undefined ? "" : text;
  };
  return {
    state: states.filter((state) => list("state").includes(state)),
    application: list("application").filter((id) => slug.test(id)),
    cluster: list("cluster").filter((id) => slug.test(id)),
    tag: list("tag").filter((tag) => tag.length <= 64),
    text: (query.get("text") ?? "").trim().slice(0, 200),
    since: moment("since"),
    until: moment("until"),
  };
}

/** The filter as an address's query, without the question mark; "" for everything. */
export function writeFilter(filter: JobFilter): string {
  const query = new URLSearchParams();
  for (const name of listNames) if (filter[name].length > 0) query.set(name, filter[name].join(","));
  for (const name of wordNames) if (filter[name] !== "") query.set(name, filter[name]);
  return query.toString().replaceAll("%2C", ",");
}

/** The filter as the API is asked at the moment `now` (ms). */
export function queryOf(filter: JobFilter, now: number): JobsQuery {
  const since = momentOf(filter.since, now);
  const until = momentOf(filter.until, now);
  return {
    ...Object.fromEntries(listNames.flatMap((name) => (filter[name].length > 0 ? [[name, filter[name]]] : []))),
    ...(filter.text === "" ? {} : { text: filter.text }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Whether nothing is asked for. */
export function isEverything(filter: JobFilter): boolean {
  return writeFilter(filter) === "";
}

/** "2026-01-31" (local midnight) or "7d" as an instant; undefined for anything else. */
function momentOf(text: string, now: number): string | undefined {
  const ago = daysAgo.exec(text);
  if (ago) return new Date(now - Number(ago[1]) * dayMs).toISOString();
  if (!day.test(text)) return undefined;
  const [year = 0, month = 0, date = 0] = text.split("-").map(Number);
  const midnight = new Date(year, month - 1, date);
  // 2026-02-31 is no day
  return midnight.getMonth() === month - 1 && midnight.getDate() === date ? midnight.toISOString() : undefined;
}
