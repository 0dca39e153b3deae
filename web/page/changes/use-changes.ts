// The poll within the page: begun for somebody who is signed in, its news laid over what was read.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { ChangesPoll } from "./changes-poll.ts";
import { readAnew, takeChanges } from "./take-changes.ts";

/** What is shown may be old: why, and what asks again at once. */
export type Stale = { error: unknown; retry: () => void };

/** Failures in a row before a person is told: one may pass unnoticed. */
const toldAfter = 3;

const SoonContext = createContext<() => void>(() => undefined);
export const SoonProvider = SoonContext.Provider;

/** Polls while `enabled`. `soon` asks at once, for after something was done; `stale` where it fails. */
export function useChangesPoll(
  client: GatewayClient,
  enabled: boolean,
  onSignedOut: () => void,
): { soon: () => void; stale: Stale | undefined } {
  const queries = useQueryClient();
  const poll = useRef<ChangesPoll>(undefined);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (!enabled) return;
    const made = new ChangesPoll(client, {
      take: (changes) => takeChanges(queries, changes),
      startedAt: (sentAt) => readAnew(queries, sentAt),
      failed: (failures, fault) => setError(failures >= toldAfter ? fault : undefined),
      signedOut: onSignedOut,
    });
    poll.current = made;
    return made.start();
  }, [client, enabled, queries, onSignedOut]);
  const soon = useCallback(() => poll.current?.soon(), []);
  return { soon, stale: error === undefined ? undefined : { error, retry: soon } };
}

/** Takes over a job as the API just gave it, wherever it is shown, and soon asks what else has moved. */
export function useJobChanged(): (job: Job) => void {
  const queries = useQueryClient();
  const soon = useContext(SoonContext);
  return useCallback(
    (job) => {
      queries.setQueryData(["job", job.id], job);
      takeChanges(queries, { jobs: [job], deleted: [] });
      soon();
    },
    [queries, soon],
  );
}

/** Takes jobs out of everything that is shown: they were deleted. */
export function useJobsDeleted(): (ids: readonly string[]) => void {
  const queries = useQueryClient();
  const soon = useContext(SoonContext);
  return useCallback(
    (ids) => {
      for (const id of ids) queries.removeQueries({ queryKey: ["job", id] });
      takeChanges(queries, { jobs: [], deleted: [...ids] });
      soon();
    },
    [queries, soon],
  );
}
