// What there is of a job, in tabs; the address says which is open.
import Tabs from "@cloudscape-design/components/tabs";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import type { Job, JobEvent } from "../../../shared/contract/job.ts";
import { JobDetails } from "./job-details.tsx";
import { JobFiles } from "./job-files.tsx";
import { JobInputs } from "./job-inputs.tsx";
import { JobResults } from "./job-results.tsx";
import { LogTab } from "./log-tab.tsx";
import { PastAttempts } from "./past-attempts.tsx";
import { type Tab, tabs } from "./place.ts";
import { Timeline } from "./timeline.tsx";
import { usePlace } from "./use-place.ts";
import { WithCode } from "./with-code.tsx";

type JobTabsProps = { job: Job; events: readonly JobEvent[]; cluster: Cluster | undefined };

export function JobTabs({ job, events, cluster }: JobTabsProps) {
  const [place, go] = usePlace();
  const attempts = job.attempts ?? [];
  const active =
    place.tab === undefined || (place.tab === "attempts" && attempts.length === 0) ? firstTab(job) : place.tab;
  const { files } = job.results;
  const at = `/v1/jobs/${job.id}`;
  return (
    <div className="job-tabs">
      <Tabs
        ariaLabel="Parts of the job"
        activeTabId={active}
        onChange={({ detail }) => {
          const chosen = tabs.find((tab) => tab === detail.activeTabId);
          if (chosen) go(chosen);
        }}
        tabs={[
          { id: "results", label: "Results", content: <JobResults job={job} /> },
          {
            id: "files",
            label: files === undefined ? "Files" : `Files (${files.toLocaleString("en")})`,
            content: <JobFiles job={job} />,
          },
          { id: "log", label: "Log", content: <LogTab job={job} /> },
          {
            id: "timeline",
            label: "Timeline",
            content: (
              <WithCode requests={[{ method: "GET", path: `${at}/events` }]}>
                <Timeline events={events} />
              </WithCode>
            ),
          },
          ...(attempts.length === 0
            ? []
            : [
                {
                  id: "attempts",
                  label: `Earlier attempts (${attempts.length})`,
                  content: <PastAttempts job={job} attempts={attempts} />,
                },
              ]),
          { id: "inputs", label: "Inputs and parameters", content: <JobInputs job={job} /> },
          { id: "details", label: "Details", content: <JobDetails job={job} cluster={cluster} /> },
        ]}
      />
    </div>
  );
}

/** While there are no results, what happens is of interest; without any, the rest. */
function firstTab({ results }: Job): Tab {
  return results.state === "available" ? "results" : "timeline";
}
