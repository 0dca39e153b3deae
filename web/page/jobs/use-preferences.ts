// How a person wants the list of jobs: columns and their order, lines a page, wrapping, density; kept in this browser.
import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import { useState } from "react";
import { type ColumnId, columnIds } from "./job-columns.tsx";

export type Preferences = {
  pageSize: number;
  wrapLines: boolean;
  contentDensity: "comfortable" | "compact";
  contentDisplay: readonly { id: ColumnId; visible: boolean }[];
};

export const pageSizes = [25, 50, 100];
const shownAtFirst: ReadonlySet<ColumnId> = new Set([
  "name",
  "state",
  "application",
  "tags",
  "changed",
  "span",
  "results",
]);
const key = "headgate.jobs-table";

/** The preferences and how to change them. */
export function usePreferences(): [Preferences, (preferences: CollectionPreferencesProps.Preferences) => void] {
  const [kept, setKept] = useState(() => fitted(read()));
  return [
    kept,
    (changed) => {
      const next = fitted(changed);
      setKept(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // without storage the choice lasts as long as the page does
      }
    },
  ];
}

/** Columns in their order. Those that a kept choice does not know, since they came later, are hidden at the end. */
function fitted(kept: Partial<Record<keyof Preferences, unknown>>): Preferences {
  const chosen = (Array.isArray(kept.contentDisplay) ? kept.contentDisplay : []).flatMap(displayOf);
  const standard = columnIds.map((id) => ({ id, visible: chosen.length === 0 && shownAtFirst.has(id) }));
  return {
    pageSize: pageSizes.find((size) => size === kept.pageSize) ?? 25,
    wrapLines: kept.wrapLines !== false,
    contentDensity: kept.contentDensity === "compact" ? "compact" : "comfortable",
    contentDisplay: [...chosen, ...standard.filter(({ id }) => !chosen.some((one) => one.id === id))],
  };
}

function read(): Partial<Record<keyof Preferences, unknown>> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}

function displayOf(one: unknown): { id: ColumnId; visible: boolean }[] {
  const { id, visible } = (one ?? {}) as { id?: unknown; visible?: unknown };
  const known = columnIds.find((column) => column === id);
  return known ? [{ id: known, visible: known === "name" || visible === true }] : [];
}
