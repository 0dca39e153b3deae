// An address that leads nowhere, or to a job that is not one's own.
import { Link } from "wouter";
import { useGateway } from "./gateway.ts";
import { useTitle } from "./parts.tsx";

export function NotFound({ what = "page" }: { what?: "page" | "job" }) {
  const { site } = useGateway();
  useTitle("Not found", site.name);
  return (
    <div className="welcome">
      <h1>There is no such {what}</h1>
      <p className="lead">
        {what === "job" ? "It may have been deleted, or it may be somebody else's." : "The address may be mistyped."}
      </p>
      <p>
        <Link href="/">Back to your jobs</Link>
      </p>
    </div>
  );
}
