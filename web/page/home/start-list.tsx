// The applications, each one click from its form.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useFollow } from "../page-link.tsx";
import { useApplications } from "../use-applications.ts";

export function StartList() {
  const applications = useApplications();
  const follow = useFollow();
  if (applications.length === 0) return null;
  return (
    <Container header={<Header variant="h2">Start something</Header>}>
      <ul className="rows">
        {applications.map(({ id, title, description }) => (
          <li key={id}>
            <div>
              <b>{title}</b>
              <div className="quiet">{description}</div>
            </div>
            <Button href={`/apps/${id}/new`} onFollow={follow} ariaLabel={`New job: ${title}`}>
              New job
            </Button>
          </li>
        ))}
      </ul>
    </Container>
  );
}
