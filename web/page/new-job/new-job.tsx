// The document with its faces: Form and JSON to be changed, beside what it becomes.
import Alert from "@cloudscape-design/components/alert";
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Modal from "@cloudscape-design/components/modal";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type DragEvent, lazy, Suspense, useEffect, useState } from "react";
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import type { Application } from "../../../shared/contract/catalogue.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { useFlash } from "../flash.tsx";
import { useGateway } from "../gateway.ts";
import { PageLink } from "../page-link.tsx";
import { Loading } from "../parts.tsx";
import { jobTitle } from "../words.ts";
import { AboutForm, ClusterField } from "./about-form.tsx";
import { BecomesPanel } from "./becomes-panel.tsx";
import { clusterOf, isTouched } from "./document.ts";
import type { Draft } from "./draft.ts";
import { type Found, filesOfDrop, maxFound } from "./dropped-files.ts";
import { EndForm } from "./end-form.tsx";
import { GoingBack, ReturnNotice } from "./going-back.tsx";
import { InputsPanel } from "./inputs-panel.tsx";
import { ResourcesForm } from "./resources-form.tsx";
import type { ReturnAddress } from "./return-address.ts";
import { SubmitBar } from "./submit-bar.tsx";
import { type NewJobState, useNewJob } from "./use-new-job.ts";
import { useSubmission } from "./use-submission.ts";

const ParametersForm = lazy(async () => ({ default: (await import("./parameters-form.tsx")).ParametersForm }));
const JsonFace = lazy(async () => ({ default: (await import("./json-face.tsx")).JsonFace }));

type NewJobProps = {
  application: Application;
  start: Draft;
  /** It begins with a draft of an earlier visit. */
  isDraft: boolean;
  /** The job whose values it begins with. */
  job: Job | undefined;
  /** Where the person is to be sent back to after submitting. */
  back: ReturnAddress | undefined;
};

export function NewJob({ application, start, isDraft, job, back }: NewJobProps) {
  const state = useNewJob(application, start);
  const submission = useSubmission(state, back?.allowed ? back.url : undefined);
  const [face, setFace] = useState<"form" | "json">("form");
  const [isOver, dropping] = useFileDrop(state);
  const { outcome, goingBack } = submission;
  if (goingBack) return <GoingBack {...goingBack} />;
  return (
    <div className="new-job" data-over={isOver} {...dropping}>
      <SpaceBetween size="m">
        <Header
          variant="h1"
          description={application.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <StartAfresh state={state} />
              <SegmentedControl
                label="Face of the job"
                selectedId={face}
                options={[
                  { id: "form", text: "Form" },
                  { id: "json", text: "JSON" },
                ]}
                onChange={({ detail }) => setFace(detail.selectedId === "json" ? "json" : "form")}
              />
            </SpaceBetween>
          }
        >
          New {application.title} job
        </Header>
        {back && <ReturnNotice back={back} />}
        <Begun isDraft={isDraft} entries={state.entries} start={start} job={job} />
        <div className="new-job-columns">
          <div>
            {face === "form" ? <FormFace application={application} state={state} /> : <JsonColumn state={state} />}
          </div>
          <div className="becomes">
            <Container header={<Header variant="h2">What it becomes</Header>}>
              <BecomesPanel
                document={state.document}
                entries={state.entries}
                checked={outcome?.kind === "checked" ? outcome.script : undefined}
              />
            </Container>
          </div>
        </div>
        <SubmitBar state={state} submission={submission} />
      </SpaceBetween>
    </div>
  );
}

function FormFace({ application, state }: { application: Application; state: NewJobState }) {
  const { person, clusters } = useGateway();
  const { document, shownFaults } = state;
  const cluster = clusterOf(document, clusters);
  return (
    <SpaceBetween size="m">
      {state.textFault && (
        <Alert
          type="warning"
          header="The JSON cannot be read"
          action={
            <Button formAction="none" onClick={state.discardText}>
              Discard the text
            </Button>
          }
        >
          The form shows the last job that could be read. Whatever you change here takes the place of the text.
        </Alert>
      )}
      <ClusterField
        document={document}
        onChange={state.change}
        faults={shownFaults}
        clusters={clusters}
        person={person}
      />
      <Container header={<Header variant="h2">Parameters</Header>}>
        <Suspense fallback={<Loading what="Loading the form" />}>
          <ParametersForm
            schema={application.parameters as ParameterSchema}
            values={document.parameters}
            onChange={state.setParameters}
            inputs={document.inputs}
            faults={shownFaults}
          />
        </Suspense>
      </Container>
      <Container header={<Header variant="h2">Inputs</Header>}>
        <InputsPanel
          shelf={state.shelf}
          entries={state.entries}
          faults={shownFaults}
          onFound={state.addFiles}
          onRename={state.renameInput}
        />
      </Container>
      <Container header={<Header variant="h2">Resources</Header>}>
        <ResourcesForm
          resources={document.resources}
          defaults={application.defaults}
          partitions={cluster?.partitions ?? []}
          onChange={state.setResource}
          faults={shownFaults}
        />
      </Container>
      <Container header={<Header variant="h2">When it ends or fails</Header>}>
        <EndForm document={document} onChange={state.change} faults={shownFaults} />
      </Container>
      <Container header={<Header variant="h2">About this job</Header>}>
        <AboutForm document={document} onChange={state.change} faults={shownFaults} />
      </Container>
    </SpaceBetween>
  );
}

function JsonColumn({ state }: { state: NewJobState }) {
  const count = state.faults.length;
  return (
    <Container
      header={
        <Header
          variant="h2"
          info={count > 0 && <Badge color="red">{count === 1 ? "1 fault" : `${count} faults`}</Badge>}
        >
          The job as JSON
        </Header>
      }
    >
      <SpaceBetween size="xs">
        {state.textFault && (
          <Alert type="warning">
            This cannot be read as a job: {state.textFault.fault}. The form keeps the last job that could be.
          </Alert>
        )}
        <Suspense fallback={<Loading what="Loading the editor" />}>
          <JsonFace text={state.text} onChange={state.write} faults={state.faults} textFault={state.textFault} />
        </Suspense>
        <Box color="text-body-secondary">Inputs go by their file names. Tab leaves the editor.</Box>
      </SpaceBetween>
    </Container>
  );
}

/** What the document began with, and which files of it have to be added again. */
function Begun({
  isDraft,
  start,
  job,
  entries,
}: Omit<NewJobProps, "application" | "back"> & Pick<NewJobState, "entries">) {
  const [isShown, setShown] = useState(isDraft || job !== undefined);
  const missing = new Set(entries.filter((entry) => entry.state === "missing").map((entry) => entry.name));
  const lost = start.inputs.map((input) => input.name).filter((name) => missing.has(name));
  if (!isShown) return null;
  const names = lost.length > 5 ? `${lost.slice(0, 5).join(", ")} and ${lost.length - 5} more` : lost.join(", ");
  return (
    <Alert
      type={lost.length > 0 ? "warning" : "info"}
      dismissible
      dismissAriaLabel="Dismiss this message"
      onDismiss={() => setShown(false)}
    >
      {job ? (
        <>
          This begins with the values of <PageLink href={`/jobs/${job.id}`}>{jobTitle(job)}</PageLink>.
        </>
      ) : (
        "This is your draft, as you left it."
      )}
      {lost.length > 0 && ` Not yet uploaded then, and to be added again: ${names}.`}
    </Alert>
  );
}

function StartAfresh({ state }: { state: NewJobState }) {
  const [isAsking, setAsking] = useState(false);
  const isEmpty = !isTouched(state.document) && state.textFault === undefined;
  const close = () => setAsking(false);
  return (
    <>
      <Button formAction="none" disabled={isEmpty} onClick={() => setAsking(true)}>
        Start afresh
      </Button>
      <Modal
        visible={isAsking}
        onDismiss={close}
        header="Start afresh?"
        footer={
          <Box float="right">
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={close}>
                Keep it
              </Button>
              <Button
                variant="primary"
                onClick={() => {
                  state.startAfresh();
                  close();
                }}
              >
                Clear everything
              </Button>
            </SpaceBetween>
          </Box>
        }
      >
        What was entered here and the list of inputs are cleared. Jobs that were submitted stay as they are.
      </Modal>
    </>
  );
}

/** Files may be dropped anywhere on the page; missing the place must not make the browser open the file instead. */
function useFileDrop(state: NewJobState) {
  const { show } = useFlash();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const stay = (event: Event) => event.preventDefault();
    addEventListener("dragover", stay);
    addEventListener("drop", stay);
    return () => {
      removeEventListener("dragover", stay);
      removeEventListener("drop", stay);
    };
  }, []);
  const take = (found: Found) => {
    state.addFiles(found);
    if (found.cut)
      show({ type: "warning", content: `Only the first ${maxFound.toLocaleString("en")} files were looked at.` });
  };
  const isFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return [
    isOver,
    {
      onDragOver: (event: DragEvent) => {
        if (isFiles(event)) setOver(true);
      },
      onDragLeave: (event: DragEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      },
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!isFiles(event) || state.textFault) return;
        event.preventDefault();
        filesOfDrop(event.dataTransfer).then(take, (error: unknown) =>
          show({ type: "error", header: "What was dropped cannot be read", content: (error as Error).message }),
        );
      },
    },
  ] as const;
}
