// Doing something to the chosen jobs: which is being asked about, and what the list knows afterwards.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { type ReactNode, useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { useJobChanged, useJobsDeleted } from "../changes/use-changes.ts";
import { useFlash } from "../flash.tsx";
import { jobTitle } from "../words.ts";
import type { BulkAction, BulkOutcome, Refusal } from "./bulk.ts";
import { BulkDialog } from "./bulk-dialog.tsx";
import { bulkWords, jobsWords } from "./bulk-words.ts";

/** `ask` opens the question on the chosen jobs; `dialog` is where it is shown. */
export function useBulk(
  chosen: readonly Job[],
  unchoose: () => void,
): { ask: (action: BulkAction) => void; dialog: ReactNode } {
  const changed = useJobChanged();
  const deleted = useJobsDeleted();
  const { show } = useFlash();
  const [action, setAction] = useState<BulkAction>();

  function finished(outcome: BulkOutcome) {
    if (!action) return;
    for (const job of outcome.jobs) changed(job);
    if (action === "delete") deleted(outcome.done);
    setAction(undefined);
    unchoose();
    const done = outcome.done.length > 0 ? `${jobsWords(outcome.done.length)} ${bulkWords[action].done}.` : "";
    if (outcome.refused.length === 0) return show({ type: "success", content: done });
    return show({
      type: outcome.done.length > 0 ? "warning" : "error",
      header: `${done} ${jobsWords(outcome.refused.length)} refused.`.trim(),
      content: <Refusals refused={outcome.refused} jobs={chosen} />,
    });
  }
  const dialog = action && (
    <BulkDialog action={action} jobs={chosen} close={() => setAction(undefined)} finished={finished} />
  );
  return { ask: setAction, dialog };
}

/** The same reason is said once. */
function Refusals({ refused, jobs }: { refused: readonly Refusal[]; jobs: readonly Job[] }) {
  const names = new Map(jobs.map((job) => [job.id, jobTitle(job)]));
  const reasons = Map.groupBy(refused, ({ why }) => why);
  return [...reasons].map(([why, all]) => (
    <ExpandableSection
      key={why}
      variant="footer"
      headerText={`${jobsWords(all.length)}: ${why}`}
      defaultExpanded={all.length === 1}
    >
      <ul className="names">
        {all.map(({ id }) => (
          <li key={id}>
            <bdi>{names.get(id) ?? id}</bdi>
          </li>
        ))}
      </ul>
    </ExpandableSection>
  ));
}
