// A part of the page, and below it the requests that give the same.
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { AsCode } from "../snippets/as-code.tsx";
import type { SnippetRequest } from "../snippets/request.ts";

export function WithCode({ requests, children }: { requests: readonly SnippetRequest[]; children: ReactNode }) {
  return (
    <SpaceBetween size="l">
      <div>{children}</div>
      <AsCode requests={requests} />
    </SpaceBetween>
  );
}
