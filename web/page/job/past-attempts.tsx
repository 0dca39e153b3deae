// The attempts of a job before its present one: why each ended, when it ran, and what it left.
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Job, PastAttempt } from "../../../shared/contract/job.ts";
import { Moment } from "../parts.tsx";
import { reasonSentence, resultsWords, spanWords } from "../words.ts";
import { Copyable } from "./copyable.tsx";
import { AttemptFiles } from "./job-files.tsx";
import { retryWords } from "./life-words.ts";

export function PastAttempts({ job, attempts }: { job: Job; attempts: readonly PastAttempt[] }) {
  return (
    <SpaceBetween size="l">
      <div>
        This is attempt {job.attempt}. A job like this is tried again {retryWords(job.retry)}. What each attempt left is
        kept.
      </div>
      {attempts.toReversed().map((one) => (
        <Attempt key={one.attempt} job={job} past={one} />
      ))}
    </SpaceBetween>
  );
}

function Attempt({ job, past }: { job: Job; past: PastAttempt }) {
  const [open, setOpen] = useState(false);
  const { attempt, startedAt, endedAt, slurmId, folder, detail } = past;
  const items: (KeyValuePairsProps.Pair | undefined)[] = [
    startedAt === undefined ? undefined : { label: "Started", value: <Moment at={startedAt} /> },
    {
      label: "Ended",
      value: (
        <>
          <Moment at={endedAt} />
          {startedAt !== undefined && ` after ${spanWords(Date.parse(endedAt) - Date.parse(startedAt))}`}
        </>
      ),
    },
    slurmId === undefined
      ? undefined
      : { label: "Slurm id", value: <Copyable text={slurmId} what={`the Slurm id of attempt ${attempt}`} /> },
    folder === undefined
      ? undefined
      : { label: "Folder on the cluster", value: <Copyable text={folder} what={`the folder of attempt ${attempt}`} /> },
    { label: "Results", value: resultsWords(past.results) },
  ];
  return (
    <Container
      header={
        <Header variant="h2" description={reasonSentence(past)}>
          Attempt {attempt}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {detail && (
          <blockquote className="job-detail" aria-label={`In the cluster's own words, attempt ${attempt}`}>
            {detail}
          </blockquote>
        )}
        <KeyValuePairs
          columns={3}
          ariaLabel={`Attempt ${attempt}`}
          items={items.filter((item) => item !== undefined)}
        />
        {past.results.state === "available" ? (
          <ExpandableSection
            headerText={`Files of attempt ${attempt}`}
            expanded={open}
            onChange={({ detail }) => setOpen(detail.expanded)}
          >
            {open && <AttemptFiles job={job} past={past} />}
          </ExpandableSection>
        ) : (
          past.results.reason && <div className="job-quiet">Its files are not here: {past.results.reason}.</div>
        )}
      </SpaceBetween>
    </Container>
  );
}
