// A job's name, what may be done with it, and the words that its owner keeps with it.
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { PageLink } from "../page-link.tsx";
import { Moment, StateBadge } from "../parts.tsx";
import { jobTitle } from "../words.ts";
import { EditWords } from "./edit-words.tsx";
import { JobActions } from "./job-actions.tsx";
import { JobTags } from "./job-tags.tsx";
import { sweepWords } from "./life-words.ts";

export function JobHeader({ job }: { job: Job }) {
  const [editing, setEditing] = useState(false);
  return (
    <SpaceBetween size="xs">
      <Header
        variant="h1"
        actions={<JobActions job={job} />}
        description={
          <>
            {/* of a failed job how it stands comes only after its last words */}
            {job.state === "failed" && (
              <>
                <StateBadge state={job.state} /> ·{" "}
              </>
            )}
            {job.application} {job.version}, submitted <Moment at={job.createdAt} />
            {job.sweep && <>, {sweepWords(job.sweep)} of a sweep</>}
            {job.rerunOf && (
              <>
                , run again from <PageLink href={`/jobs/${job.rerunOf}`}>an earlier job</PageLink>
              </>
            )}
          </>
        }
      >
        <bdi>{jobTitle(job)}</bdi>{" "}
        <Button
          variant="inline-icon"
          iconName="edit"
          ariaLabel="Edit the name and the description"
          onClick={() => setEditing(true)}
        />
      </Header>
      {job.description && <p className="job-description">{job.description}</p>}
      <JobTags job={job} />
      {editing && <EditWords job={job} close={() => setEditing(false)} />}
    </SpaceBetween>
  );
}
