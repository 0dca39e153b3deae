// The start: what is under way, the last results, and what can be started.
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { finalStates, isFinal, type Job, type JobState, jobStates } from "../../../shared/contract/job.ts";
import { type Latest, unlessNewerIn } from "../changes/latest.ts";
import { useGateway } from "../gateway.ts";
import { PageLink } from "../page-link.tsx";
import { Fault, Loading, Moment, StateBadge, useTitle } from "../parts.tsx";
import { useApplications } from "../use-applications.ts";
import { jobTitle, resultsWords } from "../words.ts";
import { FirstSteps } from "./first-steps.tsx";
import { StartList } from "./start-list.tsx";
import "./home.css";

const live = jobStates.filter((state) => !isFinal(state));
/** Rows of each list. */
const count = 8;

/** The latest jobs in some states; the page's one poll keeps them right. */
function useLatest(state: readonly JobState[]) {
  const { client } = useGateway();
  return useQuery<Latest>({
    queryKey: ["latest", `state=${state.join(",")}`, count],
    queryFn: () => client.jobs({ state, limit: count }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function HomePage() {
  const { site } = useGateway();
  const underWay = useLatest(live);
  const results = useLatest(finalStates);
  const error = underWay.error ?? results.error;
  useTitle("", site.name);
  const under = underWay.data;
  const last = results.data;
  if (!under || !last) return error === null ? <Loading /> : <Fault error={error} what="Your jobs cannot be read" />;
  const none = under.jobs.length + last.jobs.length === 0;
  if (none && under.cursor === undefined && last.cursor === undefined) return <FirstSteps />;
  const [running, ended] = [unlessNewerIn(last.jobs, under.jobs), unlessNewerIn(under.jobs, last.jobs)];
  return (
    <ContentLayout header={<Header variant="h1">Home</Header>}>
      <SpaceBetween size="l">
        {error !== null && <Fault error={error} what="What is shown may be old" />}
        <Container header={<Heading text="Under way" search={`state=${live.join(",")}`} />}>
          {running.length === 0 ? (
            <span className="quiet">
              {under.cursor === undefined
                ? "Nothing is running or waiting."
                : `Nothing is running or waiting among your latest ${under.seen.toLocaleString("en")} jobs.`}
            </span>
          ) : (
            <Rows jobs={running} />
          )}
        </Container>
        <Container header={<Heading text="Last results" search={`state=${finalStates.join(",")}`} />}>
          {ended.length === 0 ? <span className="quiet">No job has ended yet.</span> : <Rows jobs={ended} />}
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
