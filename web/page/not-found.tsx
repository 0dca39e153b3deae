// An address that leads nowhere, or to a job that is not one's own.
import Box from "@cloudscape-design/components/box";
import { useGateway } from "./gateway.ts";
import { PageLink } from "./page-link.tsx";
import { useTitle } from "./parts.tsx";

export function NotFound({ what = "page" }: { what?: "page" | "job" }) {
  const { site } = useGateway();
  useTitle("Not found", site.name);
  return (
    <div className="narrow-view">
      <Box variant="h1">There is no such {what}</Box>
      <Box variant="p" color="text-body-secondary">
        {what === "job" ? "It may have been deleted, or it may be somebody else's." : "The address may be mistyped."}
      </Box>
      <PageLink href={what === "job" ? "/jobs" : "/"}>{what === "job" ? "To your jobs" : "To the start"}</PageLink>
    </div>
  );
}
