// The jobs that a filter finds: read page by page, and the shown ones kept fresh while they may change and somebody looks.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { isSettled, pollDelay } from "../../client/follow.ts";
import type { JobsPage } from "../../client/gateway-client.ts";
import { ProblemError } from "../../client/problem-error.ts";
import { useGateway } from "../gateway.ts";
import { isEverything, type JobFilter, queryOf, writeFilter } from "./job-filter.ts";
import {
  isBeyond,
  type JobListData,
  jobsOf,
  type PageStart,
  progressOf,
  withBeginning,
  withJobs,
  withoutJobs,
} from "./job-list-data.ts";

/** How often to look for jobs that were sent from elsewhere (ms). */
const idleMs = 20_000;
/** A look through a filter costs more than reading the latest ones: not more often than this (ms). */
const filteredMs = 5_000;
/** The most that one request gives. */
const mostAtOnce = 1_000;
/** Requests of one press of "Look further". */
const mostLooks = 20;

type JobList = {
  jobs: readonly Job[];
  /** How many were looked through, and whether there are more to look through. */
  seen: number;
  more: boolean;
  loading: boolean;
  /** More is being read. */
  searching: boolean;
  error: unknown;
  /** Reads on until another page is full, all is read, or it is stopped. */
  lookFurther: () => void;
  stop: () => void;
};

/** `page` (from 1) of `pageSize` jobs is what is shown. */
export function useJobList(filter: JobFilter, page: number, pageSize: number): JobList {
  const { client } = useGateway();
  const queries = useQueryClient();
  const key = ["jobs", writeFilter(filter)];
  // a link to page 7 reads as much at once as is needed to show it
  const first: PageStart = { limit: Math.min(page * pageSize, mostAtOnce) };
  const read = ({ cursor, limit }: PageStart) => client.jobs({ ...queryOf(filter, Date.now()), cursor, limit });
  const list = useInfiniteQuery<JobsPage, Error, JobListData, string[], PageStart>({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: first,
    getNextPageParam: ({ cursor }: JobsPage, pages): PageStart | undefined => {
      const missing = page * pageSize - pages.reduce((sum, { jobs }) => sum + jobs.length, 0);
      return cursor === undefined ? undefined : { cursor, limit: Math.min(Math.max(missing, pageSize), mostAtOnce) };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const jobs = jobsOf(list.data);
  const shown = jobs.slice((page - 1) * pageSize, page * pageSize);
  const further = useLookFurther(
    key[1] ?? "",
    async () => {
      const { data, hasNextPage, isError } = await list.fetchNextPage();
      return hasNextPage && !isError ? (data?.pages.at(-1)?.jobs.length ?? pageSize) : pageSize;
    },
    pageSize,
  );

  const lookKey = ["look", ...key, page, pageSize];
  const look = useQuery({
    queryKey: lookKey,
    enabled: list.data !== undefined,
    queryFn: async (): Promise<number> => {
      // the list itself was read only just now
      const first = (queries.getQueryState(lookKey)?.dataUpdateCount ?? 0) === 0;
      if (first && Date.now() - list.dataUpdatedAt < 1_000) return Date.now();
      const beginning = await read({ limit: pageSize });
      const inIt = new Set(beginning.jobs.map(({ id }) => id));
      // what is shown further down is asked for by itself
      const apart = shown.filter((job) => !inIt.has(job.id) && !isSettled(job) && isBeyond(job, beginning));
      const asked = await Promise.all(apart.map(async ({ id }) => ({ id, is: await unlessGone(client.job(id)) })));
      const gone = new Set(asked.filter(({ is }) => is === undefined).map(({ id }) => id));
      const now = asked.flatMap(({ is }) => is ?? []);
      queries.setQueryData<JobListData>(
        key,
        (old) => old && withoutJobs(withJobs(withBeginning(old, beginning), now), gone),
      );
      return Date.now();
    },
    refetchInterval: delayOf(shown, isEverything(filter) ? 1_000 : filteredMs),
  });

  return {
    jobs,
    ...progressOf(list.data),
    loading: list.isPending && list.error === null,
    error: list.error ?? look.error ?? undefined,
    ...further,
  };
}

/** `next` reads on and tells how many it found; a press goes on until `enough` are there. */
function useLookFurther(key: string, next: () => Promise<number>, enough: number) {
  const [searching, setSearching] = useState(false);
  const stopped = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter ends the search of this one
  useEffect(() => {
    stopped.current = false;
    return () => {
      stopped.current = true;
      setSearching(false);
    };
  }, [key]);
  const stop = () => {
    stopped.current = true;
    setSearching(false);
  };
  const lookFurther = async () => {
    stopped.current = false;
    setSearching(true);
    let found = 0;
    for (let looks = 0; looks < mostLooks && found < enough && !stopped.current; looks += 1) found += await next();
    setSearching(false);
  };
  return { searching, stop, lookFurther: () => void lookFurther() };
}

/** In whole seconds, so that another drawing does not begin the wait anew. */
function delayOf(shown: readonly Job[], shortest: number): number {
  const delays = shown.filter((job) => !isSettled(job)).map((job) => pollDelay(job, Date.now(), shortest));
  return Math.ceil(Math.min(idleMs, ...delays) / 1_000) * 1_000;
}

async function unlessGone(asked: Promise<Job>): Promise<Job | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProblemError && error.code === "not-found") return undefined;
    throw error;
  }
}
