// The columns of the jobs' list.
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Job } from "../../../shared/contract/job.ts";
import { CopyButton } from "../copy-button.tsx";
import { PageLink } from "../page-link.tsx";
import { Moment, StateBadge } from "../parts.tsx";
import { jobTitle, resultsWords, spanWords } from "../words.ts";
import { TagLink } from "./tag-link.tsx";

/** Every column that there is, in its order. */
export const columnIds = [
  "name",
  "state",
  "application",
  "cluster",
  "tags",
  "changed",
  "created",
  "span",
  "results",
  "slurm",
  "id",
] as const;
export type ColumnId = (typeof columnIds)[number];
type Column = TableProps.ColumnDefinition<Job> & { id: ColumnId; label: string };
type Titles = { application: (id: string) => string; cluster: (id: string) => string };

/** The columns. `phone`: what other columns would say stands below the name. */
export function jobColumns(titles: Titles, phone: boolean): Column[] {
  return [
    {
      id: "name",
      label: "Job",
      header: "Job",
      isRowHeader: true,
      minWidth: phone ? 140 : 190,
      cell: (job) => <NameCell job={job} titles={titles} phone={phone} />,
    },
    {
      id: "state",
      label: "State",
      header: "State",
      minWidth: phone ? 145 : 185,
      cell: (job) => <StateBadge state={job.state} />,
    },
    {
      id: "application",
      label: "Application",
      header: "Application",
      minWidth: 100,
      cell: (job) => titles.application(job.application),
    },
    { id: "cluster", label: "Cluster", header: "Cluster", minWidth: 100, cell: (job) => titles.cluster(job.cluster) },
    { id: "tags", label: "Tags", header: "Tags", minWidth: 100, cell: (job) => <Tags tags={job.tags} /> },
    {
      id: "changed",
      label: "Changed",
      header: "Changed",
      minWidth: 120,
      sortingField: "changedAt",
      cell: (job) => <Moment at={job.changedAt} />,
    },
    { id: "created", label: "Created", header: "Created", minWidth: 120, cell: (job) => <Moment at={job.createdAt} /> },
    {
      id: "span",
      label: "Run time",
      header: <Numeric>Run time</Numeric>,
      minWidth: 95,
      cell: (job) => <Numeric>{runWords(job)}</Numeric>,
    },
    {
      id: "results",
      label: "Results",
      header: <Numeric>Results</Numeric>,
      minWidth: 130,
      cell: (job) => <Numeric>{resultsWords(job.results)}</Numeric>,
    },
    { id: "slurm", label: "Slurm id", header: "Slurm id", minWidth: 100, cell: (job) => job.slurmId ?? "–" },
    {
      id: "id",
      label: "Id",
      header: "Id",
      minWidth: 330,
      cell: (job) => (
        <span className="job-id">
          <code>{job.id}</code> <CopyButton text={job.id} what={`the id of ${jobTitle(job)}`} />
        </span>
      ),
    },
  ];
}

function NameCell({ job, titles, phone }: { job: Job; titles: Titles; phone: boolean }) {
  return (
    <>
      <PageLink href={`/jobs/${job.id}`} fontSize="body-m">
        <bdi>{jobTitle(job)}</bdi>
      </PageLink>
      {phone && (
        <div className="below">
          {titles.application(job.application)} · <Moment at={job.changedAt} />
          {job.results.state !== "pending" && ` · ${resultsWords(job.results)}`}
          <Tags tags={job.tags} />
        </div>
      )}
    </>
  );
}

function Tags({ tags }: { tags: readonly string[] | undefined }) {
  if (!tags || tags.length === 0) return null;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {tags.map((tag) => (
        <TagLink key={tag} tag={tag} />
      ))}
    </SpaceBetween>
  );
}

/** How long it has run, or ran. */
function runWords(job: Job): string {
  if (!job.startedAt) return "–";
  return spanWords(Date.parse(job.endedAt ?? new Date().toISOString()) - Date.parse(job.startedAt));
}

function Numeric({ children }: { children: string }) {
  return <span className="numeric">{children}</span>;
}
