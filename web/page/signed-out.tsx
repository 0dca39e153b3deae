// What somebody sees who is not signed in: what this is, and the way in.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import type { Site } from "../../shared/contract/catalogue.ts";
import { useTitle } from "./parts.tsx";

type SignedOutProps = { site: Site; fault: string | undefined; signIn: () => Promise<void> };

export function SignedOut({ site, fault, signIn }: SignedOutProps) {
  const [leaving, setLeaving] = useState(false);
  const [failed, setFailed] = useState<string>();
  useTitle("", site.name);
  function go() {
    setLeaving(true);
    signIn().catch((error: unknown) => {
      setLeaving(false);
      setFailed(`The sign-in page cannot be reached: ${(error as Error).message}`);
    });
  }
  return (
    <div className="welcome">
      {(failed ?? fault) && <Alert type="warning">{failed ?? fault}</Alert>}
      <h1>Your jobs, on the cluster and back</h1>
      <p className="lead">
        {site.name} takes a script or a fit with its data, runs it on a Slurm cluster under your own account there, and
        brings the results back.
      </p>
      <p>
        <Button variant="primary" onClick={go} loading={leaving} loadingText="On the way to the sign-in page">
          Sign in
        </Button>
      </p>
      <ol className="journey" aria-label="A job's journey">
        <li>
          <h2>Send</h2>
          <p>Choose an application, fill its form, drop your files, and see the script before it is sent.</p>
        </li>
        <li>
          <h2>Watch</h2>
          <p>See where it stands, and why. Nothing that you look at puts load on the cluster.</p>
        </li>
        <li>
          <h2>Collect</h2>
          <p>Every file comes back with its size and SHA-256, also when the job failed.</p>
        </li>
      </ol>
    </div>
  );
}
