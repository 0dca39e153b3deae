// What the document becomes: the Slurm script, and the same job as a request in curl and in Python, and as a command.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Tabs from "@cloudscape-design/components/tabs";
import { useDeferredValue, useMemo, useRef } from "react";
import { renderJob } from "../../../shared/application/applications.ts";
import { scriptText } from "../../../shared/application/script-text.ts";
import { Resources } from "../../../shared/contract/job.ts";
import { curlFor } from "../snippets/curl-for.ts";
import { headgateFor, loginFor } from "../snippets/headgate-for.ts";
import { pythonFor } from "../snippets/python-for.ts";
import type { SnippetRequest } from "../snippets/request.ts";
import { Snippet } from "../snippets/snippet.tsx";
import { type JobDocument, toSubmission } from "./document.ts";
import type { InputEntry } from "./input-entry.ts";

type BecomesPanelProps = {
  document: JobDocument;
  entries: readonly InputEntry[];
  /** The script as the API gave it for this very document. */
  checked: string | undefined;
};

export function BecomesPanel({ document, entries, checked }: BecomesPanelProps) {
  // typing is not held up by it
  const late = useDeferredValue(document);
  return (
    <Tabs
      ariaLabel="What the job becomes"
      tabs={[
        {
          id: "script",
          label: "Slurm script",
          content: <ScriptFace document={late} checked={late === document ? checked : undefined} />,
        },
        { id: "curl", label: "curl", content: <RequestFace document={late} entries={entries} face="curl" /> },
        { id: "python", label: "Python", content: <RequestFace document={late} entries={entries} face="Python" /> },
        {
          id: "headgate",
          label: "headgate",
          content: <RequestFace document={late} entries={entries} face="headgate" />,
        },
      ]}
    />
  );
}

/** The script of a document; undefined where its values are not accepted yet. */
function scriptOf(document: JobDocument): string | undefined {
  const resources = Resources.safeParse(document.resources);
  if (!resources.success) return undefined;
  try {
    const { application, version, parameters, inputs } = document;
    return scriptText(renderJob({ application, version, parameters, inputs, resources: resources.data }));
  } catch {
    // what is wrong is told at the fields
    return undefined;
  }
}

function ScriptFace({ document, checked }: { document: JobDocument; checked: string | undefined }) {
  const script = useMemo(() => scriptOf(document), [document]);
  const last = useRef<string>(undefined);
  if (script !== undefined) last.current = script;
  const shown = checked ?? script ?? last.current;
  return (
    <>
      {checked !== undefined ? (
        <Box color="text-status-success">As the API gives it: checked just now.</Box>
      ) : (
        script === undefined && (
          <Alert type="info">
            {shown === undefined
              ? "The script appears here as soon as all that it needs is filled in."
              : "This is the script of the last state without a fault."}
          </Alert>
        )
      )}
      {shown !== undefined && <Snippet title="Slurm script" code={shown} language="shell" />}
    </>
  );
}

type RequestFaceProps = { document: JobDocument; entries: readonly InputEntry[]; face: keyof typeof builders };

const builders = {
  curl: curlFor,
  Python: pythonFor,
  headgate: (_: string, request: SnippetRequest) => headgateFor(request),
};

function RequestFace({ document, entries, face }: RequestFaceProps) {
  const code = useMemo(() => {
    const body = toSubmission(document, (place) => entries[place]?.upload ?? "the id of its upload");
    const request = { method: "POST", path: "/v1/jobs", body, idempotent: true } as const;
    return builders[face](location.origin, request);
  }, [document, entries, face]);
  const uploads = document.inputs.length > 0;
  return (
    <>
      <Box color="text-body-secondary">
        Submits this job.{" "}
        {face === "headgate" ? (
          <>
            First, once: <code>{loginFor(location.origin)}</code>
          </>
        ) : (
          "The variable TOKEN holds an API token of yours, made under Account."
        )}
        {uploads &&
          (face === "headgate"
            ? " The inputs go by their uploads, which may be named again; files of your own are named after the command."
            : " The inputs go by their uploads, which may be named again; others begin with POST /v1/uploads.")}
      </Box>
      <Snippet title={face} code={code} language={face === "Python" ? "python" : "shell"} />
    </>
  );
}
