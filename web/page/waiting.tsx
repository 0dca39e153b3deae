// What somebody sees whose account may not be used, not yet or not any more.
import type { Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import { useTitle } from "./parts.tsx";

export function Waiting({ site, person }: { site: Site; person: Person }) {
  const disabled = person.status === "disabled";
  useTitle(disabled ? "Account disabled" : "Waiting for approval", site.name);
  if (disabled)
    return (
      <div className="welcome">
        <h1>Your account is disabled</h1>
        <p className="lead">
          An administrator has closed {person.email} for {site.name}. Ask them if this is a mistake.
        </p>
      </div>
    );
  return (
    <div className="welcome">
      <h1>Your account waits for approval</h1>
      <p className="lead">
        You are signed in as {person.email}. An administrator of {site.name} decides who may send jobs to the cluster,
        and under which account there.
      </p>
      <p>
        Nothing needs to be done here: this page goes on by itself once you are approved. Your name will be{" "}
        <strong>{person.handle}</strong>.
      </p>
    </div>
  );
}
