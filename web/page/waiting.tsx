// What somebody sees whose account may not be used, not yet or not any more.
import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import { useTitle } from "./parts.tsx";

export function Waiting({ site, person }: { site: Site; person: Person }) {
  const disabled = person.status === "disabled";
  useTitle(disabled ? "Account disabled" : "Waiting for approval", site.name);
  if (disabled)
    return (
      <div className="narrow-view">
        <Box variant="h1">Your account is disabled</Box>
        <Box variant="p">
          An administrator has closed {person.email} for {site.name}. Ask them if this is a mistake.
        </Box>
      </div>
    );
  return (
    <div className="narrow-view">
      <Box variant="h1">Your account waits for approval</Box>
      <Box variant="p">
        You are signed in as {person.email}. An administrator of {site.name} decides who may send jobs to the cluster,
        and under which account there.
      </Box>
      <Box variant="p">
        Nothing needs to be done here: this page goes on by itself once you are approved. Your name will be{" "}
        <strong>{person.handle}</strong>.
      </Box>
      <StatusIndicator type="pending">Looking every ten seconds</StatusIndicator>
    </div>
  );
}
