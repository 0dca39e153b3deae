// Checking and submitting a new job: both wait for the inputs that are under way; a submission keeps its key until it succeeded.
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Job, JobSubmission } from "../../../shared/contract/job.ts";
import { ProblemError } from "../../client/problem-error.ts";
import { useJobChanged } from "../changes/use-changes.ts";
import { useGateway } from "../gateway.ts";
import { type JobDocument, toSubmission } from "./document.ts";
import { submissionFor } from "./draft.ts";
import { faultsOfIssues } from "./faults.ts";
import { isUnderWay } from "./input-shelf.ts";
import { withJob } from "./return-address.ts";
import type { NewJobState } from "./use-new-job.ts";

export type Doing = "checking" | "submitting";

export type Outcome =
  /** The API accepts this very document, as this script. */
  { kind: "checked"; document: JobDocument; script: string } | { kind: "failed"; what: string; error: unknown };

const failedWords: Record<Doing, string> = {
  checking: "It cannot be checked",
  submitting: "It was not submitted",
};

/** `returnTo`: an address that is allowed; the person is sent back to it after submitting. */
export function useSubmission(state: NewJobState, returnTo: string | undefined) {
  const { client, onSignedOut } = useGateway();
  const changed = useJobChanged();
  const [, navigate] = useLocation();
  const [doing, setDoing] = useState<Doing>();
  const [goingBack, setGoingBack] = useState<{ job: Job; url: string }>();
  const [outcome, setOutcome] = useState<Outcome>();
  const running = useRef<AbortController>(undefined);
  // while inputs are waited for the document may go on changing: what is sent is what is seen then
  const latest = useRef(state);
  useEffect(() => {
    latest.current = state;
  });
  useEffect(() => () => running.current?.abort(), []);

  /** Runs one of the two, never both, and never twice at a time. */
  async function run(what: Doing, act: (state: NewJobState, body: JobSubmission) => Promise<void>): Promise<void> {
    if (running.current) return;
    state.beStrict();
    setOutcome(undefined);
    if (state.textFault || state.ownFaults.length > 0) return goToFault();
    const control = new AbortController();
    running.current = control;
    setDoing(what);
    try {
      await state.shelf.settled(control.signal);
      // once more, so that the last upload has been drawn
      await new Promise((resolve) => setTimeout(resolve));
      const now = latest.current;
      const places = [...now.entries.keys()];
      if (now.textFault || now.ownFaults.length > 0 || places.some((place) => !now.entries[place]?.upload))
        return goToFault();
      await act(
        now,
        toSubmission(now.document, (place) => now.entries[place]?.upload ?? ""),
      );
    } catch (error) {
      if (control.signal.aborted) return;
      if (error instanceof ProblemError && error.status === 401) onSignedOut();
      if (error instanceof ProblemError) takeIssues(error);
      setOutcome({ kind: "failed", what: failedWords[what], error });
    } finally {
      running.current = undefined;
      setDoing(undefined);
    }
  }

  function takeIssues(error: ProblemError): void {
    const rest = error.issues.filter((issue) => {
      // its file is sent again, or the row says that it has to be added again
      const place = /^inputs\.(\d+)\.upload$/.exec(issue.field)?.[1];
      if (place !== undefined) state.shelf.lost(Number(place));
      return place === undefined;
    });
    latest.current.tell(faultsOfIssues(rest));
    goToFault();
  }

  return {
    doing,
    /** It was submitted, and the person is on the way back to where they came from. */
    goingBack,
    /** Waits for inputs; nothing was sent yet. */
    isWaiting: doing !== undefined && state.entries.some(isUnderWay),
    outcome: outcome?.kind === "checked" && outcome.document !== state.document ? undefined : outcome,
    cancel: () => running.current?.abort(),
    check: () =>
      run("checking", async ({ document }, body) => {
        const { script } = await client.check(body);
        setOutcome({ kind: "checked", document, script });
      }),
    submit: () =>
      run("submitting", async (now, body) => {
        const submission = submissionFor(JSON.stringify(body), now.tried);
        now.keepTried(submission);
        const job = await client.submit(body, submission.key);
        now.endDraft();
        changed(job);
        if (returnTo === undefined) navigate(`/jobs/${job.id}`);
        else setGoingBack({ job, url: withJob(returnTo, job.id) });
      }),
  };
}

/** To the first field that is marked as wrong, once it is drawn. */
function goToFault(): void {
  setTimeout(() => {
    const field = document.querySelector<HTMLElement>(".new-job [aria-invalid=true], .new-job .inputs-words");
    field?.focus();
    field?.scrollIntoView({ block: "center" });
  }, 50);
}
