// Asks for something again while it may still change and while somebody looks.
import { useEffect, useRef, useState } from "react";
import { ProblemError } from "../client/problem-error.ts";
import { isPassing } from "../client/retry.ts";

type Polled<T> = { value?: T; error?: unknown };

const longestWaitMs = 30_000;

/**
 * Loads a value and keeps it fresh: `delayOf` says after how many milliseconds to ask again, or undefined for not at all.
 * Stops while the tab is hidden; asks at once when it is seen again. A new `key` starts anew.
 * After a failure the last value stays, beside the error.
 */
export function usePolled<T>(
  key: string,
  load: () => Promise<T>,
  delayOf: (value: T) => number | undefined,
  onSignedOut: () => void,
): Polled<T> {
  const latest = useRef({ load, delayOf, onSignedOut });
  useEffect(() => {
    latest.current = { load, delayOf, onSignedOut };
  });
  const [state, setState] = useState<Polled<T> & { key: string }>({ key });

  useEffect(() => {
    let stopped = false;
    let busy = false;
    let failures = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;

    async function look(): Promise<void> {
      clearTimeout(timer);
      if (busy || stopped) return;
      busy = true;
      const delay = await ask();
      busy = false;
      if (!stopped && delay !== undefined && !document.hidden) timer = setTimeout(() => void look(), delay);
    }

    async function ask(): Promise<number | undefined> {
      try {
        const value = await latest.current.load();
        failures = 0;
        if (!stopped) setState({ key, value });
        return latest.current.delayOf(value);
      } catch (error) {
        failures += 1;
        if (error instanceof ProblemError && error.status === 401) latest.current.onSignedOut();
        else if (!stopped) setState((old) => (old.key === key ? { ...old, error } : { key, error }));
        return isPassing(error) ? Math.min(1_000 * 2 ** failures, longestWaitMs) : undefined;
      }
    }

    function onVisibility() {
      if (document.hidden) clearTimeout(timer);
      else void look();
    }

    document.addEventListener("visibilitychange", onVisibility);
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [key]);

  return state.key === key ? state : {};
}
