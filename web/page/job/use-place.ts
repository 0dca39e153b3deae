// Where one is within a job's page, kept in the address, so that it can be sent to somebody and survives a reload.
import { useCallback, useSyncExternalStore } from "react";
import { hashOf, type Place, placeOf, type Tab } from "./place.ts";

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
