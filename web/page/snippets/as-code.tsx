// "As code": what a view shows, as the requests that give the same, in curl, in Python and as commands of the command line.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { curlFor } from "./curl-for.ts";
import { headgateFor, loginFor } from "./headgate-for.ts";
import { pythonFor } from "./python-for.ts";
import type { SnippetRequest } from "./request.ts";
import { Snippet } from "./snippet.tsx";

type AsCodeProps = {
  /** One request, or several in their order. */
  requests: SnippetRequest | readonly SnippetRequest[];
  /** Heading; default "As code". */
  title?: string;
};

const tokenNote = "An API token of yours belongs into the variable TOKEN; tokens are made under Account.";

export function AsCode({ requests, title = "As code" }: AsCodeProps) {
  const [open, setOpen] = useState(false);
  return (
    <ExpandableSection
      headerText={title}
      expanded={open}
      onChange={({ detail }) => setOpen(detail.expanded)}
      variant="footer"
    >
      {open && <Faces requests={[requests].flat() as SnippetRequest[]} />}
    </ExpandableSection>
  );
}

function Faces({ requests }: { requests: readonly SnippetRequest[] }) {
  const { origin } = window.location;
  const curl = requests.map((request) => curlFor(origin, request)).join("\n\n");
  const python = requests.map((request) => pythonFor(origin, request)).join("\n\n");
  const headgate = requests.map((request) => headgateFor(request)).join("\n\n");
  return (
    <Tabs
      ariaLabel="Language"
      tabs={[
        {
          id: "curl",
          label: "curl",
          content: (
            <>
              <p>{tokenNote}</p>
              <Snippet title="curl" code={curl} language="shell" />
            </>
          ),
        },
        {
          id: "python",
          label: "Python",
          content: (
            <>
              <p>{tokenNote}</p>
              <Snippet title="Python" code={python} language="python" />
            </>
          ),
        },
        {
          id: "headgate",
          label: "headgate",
          content: (
            <>
              <p>
                For whoever has signed in with the command line: <code>{loginFor(origin)}</code>
              </p>
              <Snippet title="headgate" code={headgate} language="shell" />
            </>
          ),
        },
      ]}
    />
  );
}
