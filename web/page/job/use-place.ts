// Where one is within a job's page, kept in the address after the #: a tab, and in Files the file that is open.
import { useCallback, useSyncExternalStore } from "react";

export const tabs = ["results", "files", "log", "timeline", "inputs", "details"] as const;
export type Tab = (typeof tabs)[number];

export type Place = { tab: Tab | undefined; file: string | undefined };

/** Reads "#files/fit%2Fline.par". What it does not know is no place. */
export function placeOf(hash: string): Place {
  const [, name = "", rest] = /^#([a-z]+)(?:\/(.+))?$/.exec(hash) ?? [];
  const tab = tabs.find((one) => one === name);
  try {
    return { tab, file: tab && rest !== undefined ? decodeURIComponent(rest) : undefined };
  } catch {
    return { tab, file: undefined };
  }
}

/** The address of a place, from its # on. */
export function hashOf(tab: Tab, file?: string): string {
  return file === undefined ? `#${tab}` : `#${tab}/${encodeURIComponent(file.toWellFormed())}`;
}

const changed = "headgate:place";

function subscribe(notify: () => void): () => void {
  window.addEventListener("hashchange", notify);
  window.addEventListener(changed, notify);
  return () => {
    window.removeEventListener("hashchange", notify);
    window.removeEventListener(changed, notify);
  };
}

/** The place, and what goes to another without a new entry in the browser's history. */
export function usePlace(): [Place, (tab: Tab, file?: string) => void] {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  const go = useCallback((tab: Tab, file?: string) => {
    window.history.replaceState(window.history.state, "", hashOf(tab, file));
    window.dispatchEvent(new Event(changed));
  }, []);
  return [placeOf(hash), go];
}
