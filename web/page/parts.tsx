// The small parts that views are made of.
import { type ReactNode, useEffect, useState } from "react";
import type { Cluster } from "../../shared/contract/catalogue.ts";
import type { JobState } from "../../shared/contract/job.ts";
import { ProblemError } from "../client/problem-error.ts";
import { momentWords, stateWords, utcWords } from "./words.ts";

/** A job's state: words and a mark, coloured by kind. */
export function StateBadge({ state }: { state: JobState }) {
  return (
    <span className="state" data-state={state}>
      <span className="state-mark" aria-hidden="true" />
      {stateWords[state]}
    </span>
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

/** A button that copies a text and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <button
      type="button"
      className="quiet"
      onClick={() => void copy()}
      aria-label={copied ? `${what} copied` : `Copy ${what}`}
    >
      {copied ? "Copied" : "Copy"}
    </button>
  );
}

/** Something that a person should know before reading on. */
export function Notice({ kind, children }: { kind: "info" | "warning" | "error"; children: ReactNode }) {
  return (
    <div className="notice" data-kind={kind} role={kind === "info" ? "note" : "alert"}>
      {children}
    </div>
  );
}

/** What went wrong, in its own words. */
export function Fault({ error, what }: { error: unknown; what: string }) {
  const words = error instanceof TypeError ? "the server does not answer; it is asked again" : (error as Error).message;
  const instance = error instanceof ProblemError ? error.instance : undefined;
  return (
    <Notice kind="error">
      {what}: {words}.{instance && <> For the operator: request {instance}.</>}
    </Notice>
  );
}

/** What is special about the clusters: one that is a laptop's stand-in, one that has fallen silent, its own notice. */
export function ClusterNotices({ clusters }: { clusters: readonly Cluster[] }) {
  return clusters.map((cluster) => (
    <div className="notices" key={cluster.id}>
      {cluster.kind === "stand-in" && (
        <Notice kind="info">
          <strong>{cluster.name}</strong> is a stand-in: jobs run as plain processes of that computer, without Slurm.
        </Notice>
      )}
      {cluster.silent && (
        <Notice kind="warning">
          <strong>{cluster.name}</strong> has been silent{" "}
          {cluster.heardAt ? (
            <>
              since <Moment at={cluster.heardAt} />
            </>
          ) : (
            "so far"
          )}
          . Jobs are kept and go on when it is back; what is shown of them may be old.
        </Notice>
      )}
      {cluster.notice && (
        <Notice kind="info">
          <strong>{cluster.name}:</strong> {cluster.notice}
        </Notice>
      )}
    </div>
  ));
}

/** Sets the tab's title. */
export function useTitle(title: string, site: string): void {
  useEffect(() => {
    document.title = title === "" ? site : `${title} · ${site}`;
  }, [title, site]);
}
