import { describe, expect, it } from "vitest";
import {
  type Draft,
  forgetDraft,
  keepDraft,
  readDraft,
  type Store,
  submissionFor,
} from "../../../../web/page/new-job/draft.ts";
import { submissionOf } from "./documents.ts";

function memory(): Store & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
const draft: Draft = {
  document: submissionOf().document,
  inputs: [
    { name: "line.py", size: 3, upload: "01JVP000000000000000000000" },
    { name: "lost.dat", size: 5 },
  ],
  submission: { key: "k", body: "{}" },
};

describe("the draft of a new job", () => {
  it("comes back as it was kept, to the same person and application only", () => {
    const store = memory();
    expect(keepDraft(store, "alice", draft)).toBe(true);
    expect(readDraft(store, "alice", "bumps")).toEqual(draft);
    expect(readDraft(store, "bob", "bumps")).toBeUndefined();
    expect(readDraft(store, "alice", "script")).toBeUndefined();
    forgetDraft(store, "alice", "bumps");
    expect(readDraft(store, "alice", "bumps")).toBeUndefined();
  });

  it.each([
    "",
    "{",
    "null",
    "[]",
    '{"document":{}}',
    '{"document":{"application":"script","parameters":{},"resources":{},"inputs":[]},"inputs":[]}',
  ])("is not there where what is kept is %s", (text) => {
    const store = memory();
    keepDraft(store, "alice", draft);
    const [key = ""] = store.kept.keys();
    store.kept.set(key, text);
    expect(readDraft(store, "alice", "bumps")).toBeUndefined();
  });

  it("says where the browser has no room, and does no harm where it keeps nothing", () => {
    const full: Store = {
      getItem: () => {
        throw new DOMException("denied", "SecurityError");
      },
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
      removeItem: () => {
        throw new DOMException("denied", "SecurityError");
      },
    };
    expect(keepDraft(full, "alice", draft)).toBe(false);
    expect(readDraft(full, "alice", "bumps")).toBeUndefined();
    forgetDraft(full, "alice", "bumps");
  });

  it("keeps its key for the same body, and takes another for another", () => {
    const first = submissionFor("a", undefined);
    expect(submissionFor("a", first)).toBe(first);
    expect(submissionFor("b", first).key).not.toBe(first.key);
  });
});
