// The draft of a new job: kept in this browser for each person and application, until it is submitted or thrown away.
import * as z from "zod";
import { Id } from "../../../shared/contract/id.ts";
import type { JobDocument } from "./document.ts";

/** An input as it is kept: without an upload its bytes are gone when the page is. */
const DraftInput = z.object({ name: z.string(), size: z.number(), upload: Id.optional() });
export type DraftInput = z.infer<typeof DraftInput>;

const Draft = z.object({
  document: z.object({
    application: z.string(),
    version: z.string().optional(),
    cluster: z.string().optional(),
    name: z.string().optional(),
    description: z.string().optional(),
    tags: z.array(z.string()).optional(),
    projectId: z.string().optional(),
    rerunOf: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()),
    resources: z.record(z.string(), z.unknown()),
    inputs: z.array(z.string()),
    retry: z.record(z.string(), z.unknown()).optional(),
    mail: z.record(z.string(), z.unknown()).optional(),
  }),
  inputs: z.array(DraftInput),
  /** The key of the submission that was last tried, and the body it went with. */
  submission: z.object({ key: z.string(), body: z.string() }).optional(),
});
export type Draft = { document: JobDocument; inputs: DraftInput[]; submission?: Submission };
export type Submission = { key: string; body: string };

/** What is used of localStorage. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const keyOf = (person: string, application: string) => `headgate:draft:${person}:${application}`;

/** The draft, or undefined where there is none, it cannot be read, or it is of another application. */
export function readDraft(store: Store, person: string, application: string): Draft | undefined {
  try {
    const text = store.getItem(keyOf(person, application));
    const parsed = Draft.safeParse(text === null ? undefined : JSON.parse(text));
    return parsed.success && parsed.data.document.application === application ? (parsed.data as Draft) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the draft. False where the browser has no room for it or keeps nothing. */
export function keepDraft(store: Store, person: string, draft: Draft): boolean {
  try {
    store.setItem(keyOf(person, draft.document.application), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function forgetDraft(store: Store, person: string, application: string): void {
  try {
    store.removeItem(keyOf(person, application));
  } catch {
    // nothing is kept: nothing is to be forgotten
  }
}

/**
 * The key for submitting `body`: the one that was tried before while the body is the same, so that a repeat (after a
 * reload, by a double click) gives the same job; a fresh one for another body.
 */
export function submissionFor(body: string, tried: Submission | undefined): Submission {
  return tried?.body === body ? tried : { key: crypto.randomUUID(), body };
}
