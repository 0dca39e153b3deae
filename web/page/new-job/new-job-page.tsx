// The page of a new job: finds the application, and what the document begins with (a draft, a job, or nothing).
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import type { Application, Site } from "../../../shared/contract/catalogue.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { PageLink } from "../page-link.tsx";
import { Fault, Loading, useTitle } from "../parts.tsx";
import { jobTitle } from "../words.ts";
import { documentOfJob, emptyDocument, isTouched } from "./document.ts";
import { type Draft, readDraft } from "./draft.ts";
import { NewJob } from "./new-job.tsx";
import { type ReturnAddress, returnAddress } from "./return-address.ts";
import "./new-job.css";

/** `application`: the id in the address. */
export function NewJobPage({ application }: { application: string }) {
  const { client, site } = useGateway();
  const [search] = useSearchParams();
  const from = search.get("from") ?? undefined;
  // as the browser has it: the router decodes some of an address before it is taken apart, and so some of it twice
  const asked = new URLSearchParams(window.location.search).get("return");
  const { returnOrigins } = site;
  const back = useMemo(
    () => (asked === null ? undefined : returnAddress(asked, returnOrigins)),
    [asked, returnOrigins],
  );
  const applications = useQuery({ queryKey: ["applications"], queryFn: () => client.applications() });
  const job = useQuery({
    queryKey: ["job", from],
    queryFn: () => client.job(from ?? ""),
    enabled: from !== undefined,
    // the document is filled once: what becomes of that job meanwhile does not matter
    staleTime: Number.POSITIVE_INFINITY,
  });
  // of several versions the latest comes last
  const found = applications.data?.findLast((one) => one.id === application);
  useTitle(`New ${found?.title ?? application} job`, site.name);

  if (applications.error && !applications.data)
    return (
      <Fault
        error={applications.error}
        what="The applications cannot be shown"
        action={<Button onClick={() => void applications.refetch()}>Try again</Button>}
      />
    );
  if (!applications.data || (from !== undefined && job.isPending)) return <Loading what="Loading the application" />;
  if (!found)
    return (
      <SpaceBetween size="m">
        <Header variant="h1">There is no such application</Header>
        <p>
          This site has none of the name {application}. <PageLink href="/apps">See those that it has</PageLink>
        </p>
      </SpaceBetween>
    );
  return (
    <Beginning key={`${found.version} ${from}`} application={found} job={job.data} fault={job.error} back={back} />
  );
}

type BeginningProps = {
  application: Application;
  job: Job | undefined;
  fault: Error | null;
  back: ReturnAddress | undefined;
};

function Beginning({ application, job, fault, back }: BeginningProps) {
  const { person, site } = useGateway();
  const draft = useMemo(() => readDraft(localStorage, person.id, application.id), [person.id, application.id]);
  const hasDraft = draft !== undefined && (isTouched(draft.document) || draft.inputs.length > 0);
  const [chosen, choose] = useState<"draft" | "job">();
  const other = job !== undefined && job.application !== application.id ? job : undefined;
  const wanted = other ? undefined : job;
  if (hasDraft && wanted && draft.document.rerunOf !== wanted.id && chosen === undefined)
    return (
      <SpaceBetween size="m">
        <Header variant="h1">New {application.title} job</Header>
        <Alert
          type="info"
          header="You have a draft here"
          action={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => choose("draft")}>Go on with the draft</Button>
              <Button onClick={() => choose("job")}>Take the values of the job</Button>
            </SpaceBetween>
          }
        >
          It would be replaced by the values of “{jobTitle(wanted)}”.
        </Alert>
      </SpaceBetween>
    );
  const isDraft = hasDraft && chosen !== "job";
  const start = isDraft
    ? present(draft, application)
    : wanted
      ? draftOfJob(wanted, application, site)
      : empty(application);
  return (
    <SpaceBetween size="m">
      {fault && <Fault error={fault} what="The job to begin from cannot be had" />}
      {other && (
        <Alert type="warning">
          “{jobTitle(other)}” is a job of another application:{" "}
          <PageLink href={`/apps/${other.application}/new?from=${other.id}`}>use it there</PageLink>
        </Alert>
      )}
      <NewJob
        application={application}
        start={start}
        isDraft={isDraft}
        job={isDraft ? undefined : wanted}
        back={back}
      />
    </SpaceBetween>
  );
}

const empty = (application: Application): Draft => ({ document: emptyDocument(application), inputs: [] });

/** A draft is taken up for the version that there is now: its faults say what no longer fits. */
function present(draft: Draft, application: Application): Draft {
  return { ...draft, document: { ...draft.document, version: application.version } };
}

function draftOfJob(job: Job, application: Application, site: Site): Draft {
  return {
    document: documentOfJob(job, application, site),
    inputs: job.inputs.map(({ name, size, upload }) => ({ name, size, upload })),
  };
}
