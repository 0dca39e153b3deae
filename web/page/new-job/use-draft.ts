// Keeps the draft while it changes: soon after each change, and at once when the page is left.
import { useCallback, useEffect, useRef } from "react";
import { isTouched } from "./document.ts";
import { type Draft, forgetDraft, keepDraft } from "./draft.ts";

const keepAfterMs = 400;

/**
 * Keeps what it is given; an empty draft is forgotten. `keepAtOnce` keeps another one without waiting; `end` forgets it
 * for good: it was submitted.
 */
export function useDraft(person: string, draft: Draft) {
  const latest = useRef<Draft | undefined>(draft);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ended = useRef(false);
  const keepNow = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (latest.current && !ended.current) keep(person, latest.current);
  }, [person]);
  useEffect(() => {
    latest.current = draft;
    // not put off by further changes: an upload changes something several times a second
    timer.current ??= setTimeout(keepNow, keepAfterMs);
  }, [draft, keepNow]);
  useEffect(() => {
    addEventListener("pagehide", keepNow);
    return () => {
      removeEventListener("pagehide", keepNow);
      // to another page of ours
      keepNow();
    };
  }, [keepNow]);
  return {
    keepAtOnce(other: Draft): void {
      latest.current = other;
      keepNow();
    },
    end(): void {
      ended.current = true;
      if (latest.current) forgetDraft(localStorage, person, latest.current.document.application);
    },
  };
}

function keep(person: string, draft: Draft): void {
  if (isTouched(draft.document) || draft.inputs.length > 0) keepDraft(localStorage, person, draft);
  else forgetDraft(localStorage, person, draft.document.application);
}
