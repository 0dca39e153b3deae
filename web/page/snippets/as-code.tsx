// "As code": what a view shows, as the requests that give the same, in curl and in Python.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { curlFor } from "./curl-for.ts";
import { pythonFor } from "./python-for.ts";
import type { SnippetRequest } from "./request.ts";
import { Snippet } from "./snippet.tsx";

type AsCodeProps = {
  /** One request, or several in their order. */
  requests: SnippetRequest | readonly SnippetRequest[];
  /** Heading; default "As code". */
  title?: string;
};

const note = "An API token of yours belongs into the variable TOKEN; tokens are made under Account.";

export function AsCode({ requests, title = "As code" }: AsCodeProps) {
  const [open, setOpen] = useState(false);
  return (
    <ExpandableSection
      headerText={title}
      expanded={open}
      onChange={({ detail }) => setOpen(detail.expanded)}
      variant="footer"
    >
      {open && <Both requests={[requests].flat() as SnippetRequest[]} />}
    </ExpandableSection>
  );
}

function Both({ requests }: { requests: readonly SnippetRequest[] }) {
  const { origin } = window.location;
  const curl = requests.map((request) => curlFor(origin, request)).join("\n\n");
  const python = requests.map((request) => pythonFor(origin, request)).join("\n\n");
  return (
    <>
      <p>{note}</p>
      <Tabs
        ariaLabel="Language"
        tabs={[
          { id: "curl", label: "curl", content: <Snippet title="curl" code={curl} language="shell" /> },
          { id: "python", label: "Python", content: <Snippet title="Python" code={python} language="python" /> },
        ]}
      />
    </>
  );
}
