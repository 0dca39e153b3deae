// What is said before, while and after something is done to many jobs.
import type { BulkAction } from "./bulk.ts";

type Words = {
  /** In the menu. */
  item: string;
  /** Above the question. */
  title: (count: string) => string;
  /** What will happen. */
  what: string;
  button: string;
  doing: string;
  /** After "3 jobs". */
  done: string;
};

export const bulkWords: Record<BulkAction, Words> = {
  cancel: {
    item: "Cancel …",
    title: (count) => `Cancel ${count}?`,
    what: "What is running is stopped and what waits is taken out of the queue. Jobs that have ended stay as they are.",
    button: "Cancel the jobs",
    doing: "Cancelling",
    done: "asked to cancel",
  },
  rerun: {
    item: "Run again …",
    title: (count) => `Run ${count} again?`,
    what: "Each becomes a new job with the same inputs and parameters. The old ones stay.",
    button: "Run again",
    doing: "Submitting again",
    done: "submitted again",
  },
  delete: {
    item: "Delete …",
    title: (count) => `Delete ${count}?`,
    what: "They are gone from the list at once, with their results and their folders on the cluster. This cannot be undone. What is running is cancelled first.",
    button: "Delete for good",
    doing: "Deleting",
    done: "deleted",
  },
  tag: {
    item: "Add a tag …",
    title: (count) => `Add a tag to ${count}`,
    what: "A tag is a word of your own, by which jobs are found again.",
    button: "Add the tag",
    doing: "Tagging",
    done: "tagged",
  },
  untag: {
    item: "Remove a tag …",
    title: (count) => `Remove a tag from ${count}`,
    what: "Jobs without that tag stay as they are.",
    button: "Remove the tag",
    doing: "Removing the tag",
    done: "no longer tagged",
  },
};

/** "1 job", "3 jobs", "1,234 jobs". */
export function jobsWords(count: number): string {
  return count === 1 ? "1 job" : `${count.toLocaleString("en")} jobs`;
}
