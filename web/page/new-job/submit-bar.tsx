// What is still in the way, and the two buttons: Check and Submit. Stays in sight at the foot of the page.
import Button from "@cloudscape-design/components/button";
import LiveRegion from "@cloudscape-design/components/live-region";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useGateway } from "../gateway.ts";
import { faultWords } from "../parts.tsx";
import { sizeWords } from "../words.ts";
import { clusterOf } from "./document.ts";
import { sumOf } from "./input-entry.ts";
import { placedSentence } from "./sentence.ts";
import type { NewJobState } from "./use-new-job.ts";
import type { useSubmission } from "./use-submission.ts";

type SubmitBarProps = { state: NewJobState; submission: ReturnType<typeof useSubmission> };

export function SubmitBar({ state, submission }: SubmitBarProps) {
  const { doing, cancel, check, submit, isWaiting } = submission;
  return (
    <section className="submit-bar" aria-label="Check and submit">
      <div className="submit-standing">
        <LiveRegion>
          <Standing state={state} submission={submission} />
        </LiveRegion>
      </div>
      <div className="submit-buttons">
        {isWaiting && (
          <Button formAction="none" variant="link" onClick={cancel}>
            Do not wait
          </Button>
        )}
        <Button
          formAction="none"
          onClick={() => void check()}
          loading={doing === "checking"}
          loadingText="Checking"
          disabled={doing === "submitting"}
        >
          Check
        </Button>
        <Button
          formAction="none"
          variant="primary"
          onClick={() => void submit()}
          loading={doing === "submitting"}
          loadingText="Submitting"
          disabled={doing === "checking"}
        >
          Submit
        </Button>
      </div>
    </section>
  );
}

function Standing({ state, submission: { doing, outcome } }: SubmitBarProps) {
  const wrong = state.faults.filter((fault) => !fault.open);
  const open = state.faults.filter((fault) => fault.open);
  const { underWay, sent, bytes } = sumOf(state.entries);
  const { person, clusters } = useGateway();
  const cluster = clusterOf(state.document, clusters);
  if (outcome?.kind === "failed")
    return <StatusIndicator type="error">{`${outcome.what}: ${faultWords(outcome.error)}`}</StatusIndicator>;
  if (state.textFault)
    return <StatusIndicator type="error">{`The JSON cannot be read: ${state.textFault.fault}.`}</StatusIndicator>;
  const [first = open[0]] = wrong;
  if (first) {
    const count = wrong.length + open.length;
    const more = count > 1 ? ` And ${count - 1} more.` : "";
    return (
      <StatusIndicator type={wrong.length > 0 ? "error" : "info"}>
        {`${wrong.length > 0 ? "To be mended" : "Still needed"}: ${placedSentence(first)}${more}`}
      </StatusIndicator>
    );
  }
  if (underWay > 0)
    return (
      <StatusIndicator type="in-progress">
        {`${doing ? "Waits for the inputs" : "Inputs are being uploaded"}: ${sizeWords(sent)} of ${sizeWords(bytes)}`}
      </StatusIndicator>
    );
  if (outcome?.kind === "checked")
    return <StatusIndicator type="success">Checked: it would be accepted as it is.</StatusIndicator>;
  if (cluster && !Object.hasOwn(person.accounts, cluster.id))
    return (
      <StatusIndicator type="warning">
        {`All is filled in, but you have no Unix account on ${cluster.name} yet: an administrator gives it.`}
      </StatusIndicator>
    );
  return <StatusIndicator type="info">Ready to be submitted.</StatusIndicator>;
}
