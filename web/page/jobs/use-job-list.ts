// The jobs that a filter finds: read page by page; the page's one poll keeps them right from then on.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import type { JobsPage } from "../../client/gateway-client.ts";
import { useGateway } from "../gateway.ts";
import { type JobFilter, queryOf, writeFilter } from "./job-filter.ts";
import { type JobListData, jobsOf, type PageStart, progressOf } from "./job-list-data.ts";

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
  const further = useLookFurther(
    key[1] ?? "",
    async () => {
      const { data, hasNextPage, isError } = await list.fetchNextPage();
      return hasNextPage && !isError ? (data?.pages.at(-1)?.jobs.length ?? pageSize) : pageSize;
    },
    pageSize,
  );

  return {
    jobs,
    ...progressOf(list.data),
    loading: list.isPending && list.error === null,
    error: list.error ?? undefined,
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
