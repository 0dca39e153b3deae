// One job: how it stands and why, what it left, and how it came there.
import Alert from "@cloudscape-design/components/alert";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useGateway } from "../gateway.ts";
import { NotFound } from "../not-found.tsx";
import { useFollow } from "../page-link.tsx";
import { Fault, faultWords, Loading, useTitle } from "../parts.tsx";
import { jobTitle, stateWords } from "../words.ts";
import { FailedTail } from "./failed-tail.tsx";
import { JobHeader } from "./job-header.tsx";
import { JobStanding } from "./job-standing.tsx";
import { JobTabs } from "./job-tabs.tsx";
import { LiveTail } from "./live-tail.tsx";
import { useJob } from "./use-job.ts";
import "./job.css";

export function JobPage({ id }: { id: string }) {
  const { clusters, site } = useGateway();
  const { job, events, error, absent, retry } = useJob(id);
  const follow = useFollow();
  useTitle(job ? `${jobTitle(job)}: ${stateWords[job.state]}` : "Job", site.name);

  if (absent) return <NotFound what="job" />;
  const again = <Button onClick={retry}>Try again</Button>;
  if (!job)
    return error === undefined ? (
      <Loading what="Loading the job" />
    ) : (
      <Fault error={error} what="The job cannot be read" action={again} />
    );
  const cluster = clusters.find((one) => one.id === job.cluster);
  return (
    <div className="job">
      <SpaceBetween size="l">
        <BreadcrumbGroup
          ariaLabel="Where this is"
          items={[
            { text: "Jobs", href: "/jobs" },
            { text: jobTitle(job), href: `/jobs/${job.id}` },
          ]}
          onFollow={follow}
        />
        <JobHeader job={job} />
        {error !== undefined && (
          <Alert type="warning" header="What is shown may be old" action={again}>
            The job cannot be asked for now: {faultWords(error)}
          </Alert>
        )}
        {job.state === "failed" && <FailedTail job={job} />}
        <JobStanding job={job} cluster={cluster} />
        {job.state === "running" && <LiveTail job={job} />}
        <JobTabs job={job} events={events} cluster={cluster} />
      </SpaceBetween>
    </div>
  );
}
