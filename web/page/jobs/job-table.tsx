// The table of jobs, its pages, and what it says when it is empty.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CollectionPreferences, {
  type CollectionPreferencesProps,
} from "@cloudscape-design/components/collection-preferences";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { type ReactNode, useEffect, useMemo } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { useMedia } from "../use-media.ts";
import { jobTitle } from "../words.ts";
import { jobsWords } from "./bulk-words.ts";
import { jobColumns } from "./job-columns.tsx";
import type { useJobList } from "./use-job-list.ts";
import { type Preferences, pageSizes } from "./use-preferences.ts";

type JobTableProps = {
  list: ReturnType<typeof useJobList>;
  /** Nothing is filtered out. */
  plain: boolean;
  page: number;
  preferences: Preferences;
  setPreferences: (preferences: CollectionPreferencesProps.Preferences) => void;
  applications: readonly { id: string; title: string }[];
  chosen: readonly Job[];
  choose: (jobs: readonly Job[]) => void;
  goToPage: (page: number) => void;
  clear: () => void;
  filter: ReactNode;
  header: ReactNode;
};

const phoneDisplay = [
  { id: "name", visible: true },
  { id: "state", visible: true },
];

export function JobTable(props: JobTableProps) {
  const { list, plain, page, preferences, chosen, applications, choose } = props;
  const { clusters } = useGateway();
  const phone = useMedia("(max-width: 688px)");
  const columns = useMemo(() => {
    const titles = {
      application: (id: string) => applications.find((one) => one.id === id)?.title ?? id,
      cluster: (id: string) => clusters.find((one) => one.id === id)?.name ?? id,
    };
    return jobColumns(titles, phone);
  }, [applications, clusters, phone]);
  const { pageSize } = preferences;
  const shown = list.jobs.slice((page - 1) * pageSize, page * pageSize);
  const reading = usePageRead(props, shown.length);
  const changed = columns.find(({ id }) => id === "changed");
  return (
    <Table
      variant="full-page"
      stickyHeader={!phone}
      items={shown}
      trackBy="id"
      loading={list.loading || reading}
      loadingText="Reading the jobs"
      columnDefinitions={columns}
      columnDisplay={phone ? phoneDisplay : preferences.contentDisplay}
      wrapLines={preferences.wrapLines}
      contentDensity={preferences.contentDensity}
      selectionType="multi"
      selectedItems={chosen}
      onSelectionChange={({ detail }) => choose(detail.selectedItems)}
      {...(changed ? { sortingColumn: changed, sortingDescending: true, sortingDisabled: true } : {})}
      ariaLabels={{
        tableLabel: "Your jobs, the latest changed first",
        selectionGroupLabel: "Choose jobs",
        allItemsSelectionLabel: () => "Choose all jobs of this page",
        itemSelectionLabel: (_, job) => `Choose ${jobTitle(job)}`,
      }}
      header={props.header}
      filter={props.filter}
      empty={<Empty {...props} />}
      footer={!plain && list.more && shown.length > 0 && <LookedThrough list={list} />}
      pagination={<Pages {...props} />}
      preferences={
        <CollectionPreferences
          title="How the list looks"
          confirmLabel="Use"
          cancelLabel="Leave it"
          preferences={preferences}
          onConfirm={({ detail }) => props.setPreferences(detail)}
          pageSizePreference={{
            title: "Jobs on a page",
            options: pageSizes.map((value) => ({ value, label: jobsWords(value) })),
          }}
          wrapLinesPreference={{ label: "Break lines", description: "Show long names whole" }}
          contentDensityPreference={{ label: "Close together", description: "Show more jobs at once" }}
          contentDisplayPreference={{
            title: "Columns",
            description: "Which are shown, and in which order",
            options: columns.map(({ id, label }) => ({ id, label, alwaysVisible: id === "name" })),
          }}
        />
      }
    />
  );
}

/** Reads on where the page that is wanted is not there yet; goes back where it does not exist. Tells whether it reads. */
function usePageRead({ list, plain, page, preferences, goToPage }: JobTableProps, shown: number): boolean {
  const missing = shown === 0 && page > 1 && !list.loading && list.error === undefined;
  const last = Math.max(1, Math.ceil(list.jobs.length / preferences.pageSize));
  const readOn = missing && plain && list.more;
  const goBack = missing && !readOn;
  useEffect(() => {
    if (readOn && !list.searching) list.lookFurther();
    if (goBack) goToPage(last);
  });
  return missing;
}

function Pages({ list, plain, page, preferences, goToPage }: JobTableProps) {
  const known = Math.max(1, Math.ceil(list.jobs.length / preferences.pageSize));
  return (
    <Pagination
      currentPageIndex={page}
      pagesCount={Math.max(known, page)}
      openEnd={plain && list.more}
      disabled={list.loading}
      onChange={({ detail }) => goToPage(detail.currentPageIndex)}
      ariaLabels={{
        paginationLabel: "Pages of jobs",
        nextPageLabel: "Next page",
        previousPageLabel: "Previous page",
        pageLabel: (number) => `Page ${number}`,
      }}
    />
  );
}

function Empty({ list, plain, clear }: JobTableProps) {
  if (list.more && !plain) return <LookedThrough list={list} />;
  return (
    <Box textAlign="center" padding="l">
      <SpaceBetween size="s" alignItems="center">
        <b>{plain ? "There are no jobs here" : "No job is like that"}</b>
        {!plain && <span>{jobsWords(list.seen)} looked through.</span>}
        {!plain && <Button onClick={clear}>Show all jobs</Button>}
      </SpaceBetween>
    </Box>
  );
}

/** A filter looks through some jobs at a time: how many so far, and the way on. */
function LookedThrough({ list }: Pick<JobTableProps, "list">) {
  const found = list.jobs.length === 0 ? "none found so far" : `${list.jobs.length.toLocaleString("en")} found`;
  return (
    <Box textAlign="center">
      <SpaceBetween size="s" direction="horizontal" alignItems="center">
        <span role="status">
          {list.searching ? (
            <StatusIndicator type="loading">{jobsWords(list.seen)} looked through</StatusIndicator>
          ) : (
            `The latest ${jobsWords(list.seen)} looked through, ${found}.`
          )}
        </span>
        {list.searching ? (
          <Button onClick={list.stop}>Stop</Button>
        ) : (
          <Button onClick={list.lookFurther}>Look further</Button>
        )}
      </SpaceBetween>
    </Box>
  );
}
