// Finding in a log: what is looked for, where it is, and the search beyond what is held.
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { findAll, type Match, searchEarlier, searchLater } from "./log-find.ts";
import type { LogText } from "./log-text.ts";
import type { Log } from "./use-log.ts";

export type Find = {
  query: string;
  setQuery: (query: string) => void;
  matchCase: boolean;
  setMatchCase: (matchCase: boolean) => void;
  matches: readonly Match[];
  current: Match | undefined;
  /** Number of the current match, from 1. */
  number: number;
  /** Goes to the next or previous match of what is held, and round at its ends. */
  step: (by: 1 | -1) => void;
  /** Looks on in the file, window by window, until there is a match or the end. */
  further: (direction: "earlier" | "later") => void;
  /** How many bytes are looked through so far; undefined: no search is on. */
  searched: number | undefined;
  stop: () => void;
  /** What became of the last search, where it found nothing. */
  outcome: string | undefined;
};

const none: readonly Match[] = [];

/** `top` is the first line that can be seen: typing goes to the first match from there on. */
export function useFind(log: Log, size: number, top: RefObject<number>): Find {
  const [query, setQuery] = useState("");
  const [matchCase, setMatchCase] = useState(false);
  const [chosen, setChosen] = useState<{ text: LogText; index: number }>();
  const [searched, setSearched] = useState<number>();
  const [outcome, setOutcome] = useState<string>();
  const search = useRef<AbortController>(undefined);
  const { text } = log;

  const matches = useMemo(() => (text ? findAll(text, query, matchCase) : none), [text, query, matchCase]);
  // what was chosen in another text, or before the words changed, is found again by where one looks
  const near = useMemo(() => {
    const at = matches.findIndex(({ line }) => line >= (top.current ?? 0));
    return at >= 0 ? at : matches.length - 1;
  }, [matches, top]);
  const index = chosen?.text === text && (chosen?.index ?? 0) < matches.length ? (chosen?.index ?? near) : near;

  useEffect(() => () => search.current?.abort(), []);

  async function further(direction: "earlier" | "later") {
    if (!text || query === "") return;
    search.current?.abort();
    const own = new AbortController();
    search.current = own;
    setSearched(0);
    setOutcome(undefined);
    const how = { read: log.read, size, query, matchCase, onProgress: setSearched, signal: own.signal };
    try {
      const found = direction === "earlier" ? await searchEarlier(text.from, how) : await searchLater(text.to, how);
      if (found) {
        log.show(found.from, found.bytes, found.text);
        setChosen({ text: found.text, index: found.at });
      } else setOutcome(direction === "earlier" ? "Not found before what is shown" : "Not found after what is shown");
    } catch (error) {
      if (!own.signal.aborted) setOutcome(`The search broke off: ${(error as Error).message}`);
    } finally {
      if (search.current === own) setSearched(undefined);
    }
  }

  function change<T>(set: (value: T) => void) {
    return (value: T) => {
      search.current?.abort();
      setChosen(undefined);
      setOutcome(undefined);
      set(value);
    };
  }

  return {
    query,
    setQuery: change(setQuery),
    matchCase,
    setMatchCase: change(setMatchCase),
    matches,
    current: matches[index],
    number: index + 1,
    step(by) {
      if (text && matches.length > 0) setChosen({ text, index: (index + by + matches.length) % matches.length });
    },
    further: (direction) => void further(direction),
    searched,
    stop: () => search.current?.abort(),
    outcome,
  };
}
