// One's own jobs: filtered, a page at a time, live, with actions on many at once.
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useCallback, useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import type { Job } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { FirstSteps } from "../home/first-steps.tsx";
import { useFollow } from "../page-link.tsx";
import { Fault, useTitle } from "../parts.tsx";
import { AsCode } from "../snippets/as-code.tsx";
import { useApplications } from "../use-applications.ts";
import type { BulkAction } from "./bulk.ts";
import { bulkWords } from "./bulk-words.ts";
import { FilterBar } from "./filter-bar.tsx";
import { isEverything, queryOf, readFilter, writeFilter } from "./job-filter.ts";
import { JobTable } from "./job-table.tsx";
import { useBulk } from "./use-bulk.tsx";
import { useJobList } from "./use-job-list.ts";
import { usePreferences } from "./use-preferences.ts";
import { addressOf, readViews, viewOf } from "./views.ts";
import { ViewsMenu } from "./views-menu.tsx";
import "./jobs.css";

const actions = Object.keys(bulkWords) as BulkAction[];

export function JobsPage() {
  const { site } = useGateway();
  const search = useSearch();
  const [, navigate] = useLocation();
  const follow = useFollow();
  const filter = useMemo(() => readFilter(search), [search]);
  const page = pageOf(search);
  const applications = useApplications();
  const [preferences, setPreferences] = usePreferences();
  const list = useJobList(filter, page, preferences.pageSize);
  const [chosen, setChosen] = useState<readonly Job[]>([]);
  const bulk = useBulk(chosen, () => setChosen([]));
  // what is chosen stays over pages, but not where another filter hides it
  const filtered = writeFilter(filter);
  const [chosenIn, setChosenIn] = useState(filtered);
  if (chosenIn !== filtered) {
    setChosenIn(filtered);
    setChosen([]);
  }
  useTitle(viewOf(readViews(), filter)?.name ?? "Jobs", site.name);

  const go = useCallback(
    (to: typeof filter, toPage: number) => {
      const words = [writeFilter(to), ...(toPage > 1 ? [`page=${toPage}`] : [])].filter(Boolean);
      navigate(addressOf(words.join("&")));
    },
    [navigate],
  );
  const tags = useMemo(() => [...new Set(list.jobs.flatMap((job) => job.tags ?? []))].sort(), [list.jobs]);
  const plain = isEverything(filter);
  if (plain && !list.loading && !list.more && list.error === undefined && list.jobs.length === 0) return <FirstSteps />;

  const none = list.jobs.length === 0 && list.more;
  const counted = `${list.jobs.length.toLocaleString("en")}${list.more ? "+" : ""}`;
  return (
    <SpaceBetween size="l">
      {list.error !== undefined && <Fault error={list.error} what="The jobs cannot be read" />}
      <JobTable
        list={list}
        plain={plain}
        page={page}
        preferences={preferences}
        setPreferences={setPreferences}
        applications={applications}
        chosen={chosen}
        choose={setChosen}
        goToPage={(to) => go(filter, to)}
        clear={() => navigate("/jobs")}
        filter={
          <FilterBar
            filter={filter}
            onChange={(to) => go(to, 1)}
            applications={applications}
            tags={tags}
            countText={plain || list.loading ? "" : none ? "None found yet" : `${counted} found`}
          />
        }
        header={
          <Header
            variant="awsui-h1-sticky"
            counter={list.loading || none ? "" : chosen.length > 0 ? `(${chosen.length}/${counted})` : `(${counted})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <ViewsMenu filter={filter} />
                <ButtonDropdown
                  disabled={chosen.length === 0}
                  disabledReason="Choose jobs first, by the boxes at the left"
                  items={actions.map((id) => ({ id, text: bulkWords[id].item }))}
                  onItemClick={({ detail }) => bulk.ask(detail.id as BulkAction)}
                >
                  Actions
                </ButtonDropdown>
                <Button variant="primary" href="/apps" onFollow={follow}>
                  New job
                </Button>
              </SpaceBetween>
            }
          >
            Jobs
          </Header>
        }
      />
      {bulk.dialog}
      <AsCode
        requests={{
          method: "GET",
          path: "/v1/jobs",
          query: { ...queryOf(filter, Date.now()), limit: preferences.pageSize },
        }}
      />
    </SpaceBetween>
  );
}

/** The page that an address names; 1 where it names none. */
function pageOf(search: string): number {
  const page = Number(new URLSearchParams(search).get("page") ?? "1");
  return Number.isSafeInteger(page) && page >= 1 && page <= 100_000 ? page : 1;
}
