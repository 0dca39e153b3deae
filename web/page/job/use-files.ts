// A job's files, page by page as they are wanted.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Job, JobFile, PastAttempt, SkippedFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";

export type Files = {
  files: readonly JobFile[];
  skipped: readonly SkippedFile[];
  /** The first page is not there yet. */
  loading: boolean;
  /** There are more, and these ask for them. */
  hasMore: boolean;
  loadingMore: boolean;
  more: () => void;
  error: unknown;
};

/** Entries of a page. */
const pageSize = 1_000;

/** The files of a job's present attempt, or of an earlier one; asks only where its results are there. */
export function useFiles(job: Job, past?: PastAttempt): Files {
  const { client } = useGateway();
  const asked = useInfiniteQuery({
    queryKey: ["job", job.id, "files", past?.attempt ?? job.attempt],
    queryFn: ({ pageParam }) => client.files(job.id, { attempt: past?.attempt, limit: pageSize, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    enabled: (past ?? job).results.state === "available",
    // collected files never change
    staleTime: Number.POSITIVE_INFINITY,
  });
  const pages = asked.data?.pages;
  const files = useMemo(() => pages?.flatMap((page) => page.files) ?? [], [pages]);
  const skipped = useMemo(() => pages?.flatMap((page) => page.skipped) ?? [], [pages]);
  return {
    files,
    skipped,
    loading: asked.isLoading,
    hasMore: asked.hasNextPage,
    loadingMore: asked.isFetchingNextPage,
    more: () => {
      if (!asked.isFetchingNextPage) void asked.fetchNextPage();
    },
    error: asked.error ?? undefined,
  };
}

/** The job's own output; it is at the head of the list. An empty one is as good as none. */
export function logsOf(files: readonly JobFile[]): { stdout: JobFile | undefined; stderr: JobFile | undefined } {
  const find = (role: JobFile["role"]) => files.find((file) => file.role === role);
  return { stdout: find("stdout"), stderr: find("stderr") };
}
