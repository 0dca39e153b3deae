// The small parts that views are made of.
import Alert from "@cloudscape-design/components/alert";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { type ReactNode, useEffect } from "react";
import type { JobState } from "../../shared/contract/job.ts";
import { ProblemError } from "../client/problem-error.ts";
import { momentWords, stateWords, utcWords } from "./words.ts";

const stateTypes: Record<JobState, StatusIndicatorProps.Type> = {
  held: "stopped",
  submitted: "pending",
  dispatched: "pending",
  queued: "pending",
  running: "in-progress",
  collecting: "in-progress",
  succeeded: "success",
  failed: "error",
  cancelled: "stopped",
};

/** A job's state: words and a mark, coloured by kind. */
export function StateBadge({ state }: { state: JobState }) {
  return (
    <StatusIndicator type={stateTypes[state]}>
      <span className="whole-words">{stateWords[state]}</span>
    </StatusIndicator>
  );
}

/** A moment in local time; UTC on hover. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={utcWords(at)}>
      {momentWords(at)}
    </time>
  );
}

/** What went wrong, in its own words. `action`: a button that helps. */
export function Fault({ error, what, action }: { error: unknown; what: string; action?: ReactNode }) {
  return (
    <Alert type="error" action={action}>
      {what}: {faultWords(error)}
    </Alert>
  );
}

/** An error in words, with a full stop and the request's id for the operator. */
export function faultWords(error: unknown): string {
  if (error instanceof TypeError) return "the server does not answer.";
  const words = error instanceof Error ? error.message : String(error);
  const instance = error instanceof ProblemError ? error.instance : undefined;
  return `${words}${words.endsWith(".") ? "" : "."}${instance ? ` For the operator: request ${instance}.` : ""}`;
}

/** In place of what is being loaded. */
export function Loading({ what = "Loading" }: { what?: string }) {
  return (
    <p className="loading" role="status">
      <Spinner /> {what} …
    </p>
  );
}

/** Sets the tab's title. */
export function useTitle(title: string, site: string): void {
  useEffect(() => {
    document.title = title === "" ? site : `${title} · ${site}`;
  }, [title, site]);
}
