// The start: what is under way, the last results, and what can be started.
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import type { Job, JobState } from "../../../shared/contract/job.ts";
import { isSettled, pollDelay } from "../../client/follow.ts";
import { useGateway } from "../gateway.ts";
import { PageLink } from "../page-link.tsx";
import { Fault, Loading, Moment, StateBadge, useTitle } from "../parts.tsx";
import { useApplications } from "../use-applications.ts";
import { jobTitle, resultsWords } from "../words.ts";
import { FirstSteps } from "./first-steps.tsx";
import { StartList } from "./start-list.tsx";
import "./home.css";

const live: JobState[] = ["held", "submitted", "dispatched", "queued", "running", "collecting"];
const ended: JobState[] = ["succeeded", "failed", "cancelled"];
/** How often to look for jobs that were sent from elsewhere (ms). */
const idleMs = 20_000;

export function HomePage() {
  const { client, site } = useGateway();
  const { data, error } = useQuery({
    queryKey: ["home"],
    queryFn: async () => {
      const [under, last] = await Promise.all([
        client.jobs({ state: live, limit: 8 }),
        client.jobs({ state: ended, limit: 8 }),
      ]);
      return { under, last };
    },
    refetchInterval: ({ state }) => delayOf([...(state.data?.under.jobs ?? []), ...(state.data?.last.jobs ?? [])]),
  });
  useTitle("", site.name);
  if (!data) return error === null ? <Loading /> : <Fault error={error} what="Your jobs cannot be read" />;
  const { under, last } = data;
  const none = under.jobs.length + last.jobs.length === 0;
  if (none && under.cursor === undefined && last.cursor === undefined) return <FirstSteps />;
  return (
    <ContentLayout header={<Header variant="h1">Home</Header>}>
      <SpaceBetween size="l">
        {error !== null && <Fault error={error} what="What is shown may be old" />}
        <Container header={<Heading text="Under way" search={`state=${live.join(",")}`} />}>
          {under.jobs.length === 0 ? (
            <span className="quiet">
              {under.cursor === undefined
                ? "Nothing is running or waiting."
                : `Nothing is running or waiting among your latest ${under.seen.toLocaleString("en")} jobs.`}
            </span>
          ) : (
            <Rows jobs={under.jobs} />
          )}
        </Container>
        <Container header={<Heading text="Last results" search={`state=${ended.join(",")}`} />}>
          {last.jobs.length === 0 ? <span className="quiet">No job has ended yet.</span> : <Rows jobs={last.jobs} />}
        </Container>
        <StartList />
      </SpaceBetween>
    </ContentLayout>
  );
}

function Heading({ text, search }: { text: string; search: string }) {
  return (
    <Header
      variant="h2"
      actions={
        <PageLink href={`/jobs?${search}`} ariaLabel={`All of them: ${text.toLowerCase()}`}>
          All of them
        </PageLink>
      }
    >
      {text}
    </Header>
  );
}

function Rows({ jobs }: { jobs: readonly Job[] }) {
  const applications = useApplications();
  const titleOf = (id: string) => applications.find((one) => one.id === id)?.title ?? id;
  return (
    <ul className="rows">
      {jobs.map((job) => (
        <li key={job.id}>
          <div>
            <PageLink href={`/jobs/${job.id}`}>
              <bdi>{jobTitle(job)}</bdi>
            </PageLink>
            <div className="quiet">
              {titleOf(job.application)} · <Moment at={job.changedAt} />
              {job.results.state !== "pending" && ` · ${resultsWords(job.results)}`}
            </div>
          </div>
          <StateBadge state={job.state} />
        </li>
      ))}
    </ul>
  );
}

function delayOf(jobs: readonly Job[]): number {
  return Math.min(idleMs, ...jobs.filter((job) => !isSettled(job)).map((job) => pollDelay(job, Date.now(), 2_000)));
}
