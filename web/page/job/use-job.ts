// A job and its timeline; the page's one poll keeps them right.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Job, JobEvent } from "../../../shared/contract/job.ts";
import { ProblemError } from "../../client/problem-error.ts";
import { isPassing } from "../../client/retry.ts";
import { useGateway } from "../gateway.ts";

/** After a failure that may pass the job is asked for again (ms). */
const afterFailureMs = 10_000;
const noEvents: readonly JobEvent[] = [];

export type Followed = {
  job: Job | undefined;
  events: readonly JobEvent[];
  /** The last request failed; what is shown is older. */
  error: unknown;
  /** There is no such job, or not any more. */
  absent: boolean;
  retry: () => void;
};

export function useJob(id: string): Followed {
  const { client } = useGateway();
  const asked = useQuery({
    queryKey: ["job", id],
    queryFn: () => client.job(id),
    // what is known is kept right by the page's one poll; what could not be read is tried again
    refetchInterval: ({ state: { data, error } }) =>
      data === undefined && error && isPassing(error) ? afterFailureMs : false,
    refetchOnWindowFocus: false,
  });
  const job = asked.data;
  const events = useQuery({
    // each change of a job may be a new event
    queryKey: ["job", id, "events", job && `${job.attempt} ${job.state} ${job.changedAt}`],
    queryFn: () => client.events(id),
    enabled: job !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { error } = asked;
  // an id that is no id is refused as such; to a person it is a job that is not there
  const absent = error instanceof ProblemError && ["not-found", "invalid-request"].includes(error.code);
  return {
    job,
    events: events.data ?? noEvents,
    error: error ?? events.error ?? undefined,
    absent,
    retry: () => {
      void asked.refetch();
      if (events.error) void events.refetch();
    },
  };
}
