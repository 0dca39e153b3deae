// After submitting for a page elsewhere: says so, and leaves for it in a moment.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { PageLink } from "../page-link.tsx";
import { jobTitle } from "../words.ts";
import type { ReturnAddress } from "./return-address.ts";

/** Long enough to be read and to be stopped (ms). */
const waitMs = 4_000;

/** `url`: where to, the job in it already. */
export function GoingBack({ job, url }: { job: Job; url: string }) {
  useEffect(() => {
    const timer = setTimeout(() => location.assign(url), waitMs);
    return () => clearTimeout(timer);
  }, [url]);
  return (
    <SpaceBetween size="m">
      <Header variant="h1">Submitted</Header>
      <Alert type="success">
        {jobTitle(job)} was submitted, going back to {new URL(url).origin} …
      </Alert>
      <SpaceBetween direction="horizontal" size="m">
        <Link href={url} fontSize="body-m">
          Go back now
        </Link>
        <PageLink href={`/jobs/${job.id}`} fontSize="body-m">
          Stay here and see the job
        </PageLink>
      </SpaceBetween>
    </SpaceBetween>
  );
}

/** Before it: where submitting leads, or that it does not lead there. */
export function ReturnNotice({ back }: { back: ReturnAddress }) {
  if (back.allowed) return <Box color="text-body-secondary">After submitting you are sent back to {back.origin}.</Box>;
  return (
    <Alert type="warning" header="The return address is not allowed">
      {`Whoever sent you here asked to have you back, but ${back.why}. You stay here after submitting.`}
    </Alert>
  );
}
