// Named filters of the jobs' list: a few that everybody has, and one's own, kept in this browser. Each is an address.
import { isEverything, type JobFilter, readFilter, writeFilter } from "./job-filter.ts";

export type View = { name: string; search: string };

export const builtInViews: readonly View[] = [
  { name: "All jobs", search: "" },
  { name: "Running", search: "state=running" },
  { name: "Under way", search: "state=held,submitted,dispatched,queued,running,collecting" },
  { name: "Failed", search: "state=failed" },
  { name: "Last week", search: "since=7d" },
];

const key = "headgate.job-views";
const mostViews = 50;

/** One's own views, as far as they can be read. */
export function readViews(): View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.flatMap((one: unknown) => {
      const { name, search } = (one ?? {}) as Partial<Record<keyof View, unknown>>;
      if (typeof name !== "string" || typeof search !== "string" || name === "") return [];
      // written anew: what a later or an earlier version kept is understood as far as it can be
      return [{ name, search: writeFilter(readFilter(search)) }];
    });
  } catch {
    return [];
  }
}

/** Keeps a view under a name, in place of one of that name. Throws where the browser keeps nothing. */
export function keepView(views: readonly View[], name: string, filter: JobFilter): View[] {
  const view = { name, search: writeFilter(filter) };
  const all = [...views.filter((one) => one.name !== name), view]
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, mostViews);
  localStorage.setItem(key, JSON.stringify(all));
  return all;
}

/** Forgets the view of that name. */
export function forgetView(views: readonly View[], name: string): View[] {
  const rest = views.filter((one) => one.name !== name);
  localStorage.setItem(key, JSON.stringify(rest));
  return rest;
}

/** The view that a filter is, if it has a name. */
export function viewOf(views: readonly View[], filter: JobFilter): View | undefined {
  const search = writeFilter(filter);
  return [...builtInViews, ...views].find((view) => view.search === search);
}

/** The address of a view. */
export function addressOf(search: string): string {
  return search === "" ? "/jobs" : `/jobs?${search}`;
}

/** A name to begin with for a filter that is kept. */
export function suggestedName(filter: JobFilter): string {
  if (isEverything(filter)) return "";
  return [...filter.tag, filter.text, ...filter.application, ...filter.state].filter(Boolean).join(" ").slice(0, 40);
}
