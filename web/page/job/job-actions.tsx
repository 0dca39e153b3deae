// What may be done with a job: run it again, change and run it, cancel it, delete it.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Job } from "../../../shared/contract/job.ts";
import { useJobChanged, useJobsDeleted } from "../changes/use-changes.ts";
import { useFlash } from "../flash.tsx";
import { useGateway } from "../gateway.ts";
import { useFollow } from "../page-link.tsx";
import { faultWords } from "../parts.tsx";
import { jobTitle } from "../words.ts";
import { Confirm } from "./confirm.tsx";
import { isLive } from "./is-live.ts";

export function JobActions({ job }: { job: Job }) {
  const { client } = useGateway();
  const [, navigate] = useLocation();
  const flash = useFlash();
  const follow = useFollow();
  const changed = useJobChanged();
  const deleted = useJobsDeleted();
  const [asked, setAsked] = useState<"cancel" | "delete">();
  const [starting, setStarting] = useState(false);
  // one key for each wish to run it again, however often it has to be sent
  const key = useRef<string>(undefined);

  async function runAgain() {
    setStarting(true);
    key.current ??= crypto.randomUUID();
    try {
      const fresh = await client.rerun(job.id, {}, key.current);
      key.current = undefined;
      changed(fresh);
      flash.show({ type: "success", content: `${jobTitle(fresh)} was submitted again. This is the new job.` });
      navigate(`/jobs/${fresh.id}`);
    } catch (error) {
      flash.show({ type: "error", header: "It was not run again", content: faultWords(error) });
    } finally {
      setStarting(false);
    }
  }

  async function remove() {
    await client.remove(job.id);
    navigate("/jobs");
    flash.show({ type: "success", content: `${jobTitle(job)} was deleted.` });
    deleted([job.id]);
  }

  const live = isLive(job);
  const cancelling = live && job.cancelRequestedAt !== undefined;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {live && (
        <Button onClick={() => setAsked("cancel")} disabled={cancelling} loading={cancelling} loadingText="Cancelling">
          {cancelling ? "Cancelling" : "Cancel"}
        </Button>
      )}
      <Button onClick={() => setAsked("delete")}>Delete</Button>
      <Button href={`/apps/${job.application}/new?from=${job.id}`} onFollow={follow}>
        Edit and run
      </Button>
      <Button variant={live ? "normal" : "primary"} loading={starting} onClick={() => void runAgain()}>
        Run again
      </Button>
      {asked === "cancel" && (
        <Confirm
          header="Cancel this job?"
          action="Cancel the job"
          keep="Let it run"
          act={async () => changed(await client.cancel(job.id))}
          close={() => setAsked(undefined)}
        >
          The cluster is asked to end it. What it has written until then still comes back.
        </Confirm>
      )}
      {asked === "delete" && (
        <Confirm
          header="Delete this job?"
          action="Delete the job"
          keep="Keep it"
          act={remove}
          close={() => setAsked(undefined)}
        >
          {live ? "It is cancelled first. " : ""}The job, its timeline and its results are gone from here for good.
          {job.folder ? " Its folder on the cluster is removed, too." : ""}
        </Confirm>
      )}
    </SpaceBetween>
  );
}
