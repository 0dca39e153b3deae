// For somebody without jobs: what to do first, in the page or from a terminal.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useGateway } from "../gateway.ts";
import { useFollow } from "../page-link.tsx";
import { useTitle } from "../parts.tsx";
import { FirstCommand } from "./first-command.tsx";
import { StartList } from "./start-list.tsx";
import "./home.css";

export function FirstSteps() {
  const { person, site } = useGateway();
  const follow = useFollow();
  useTitle("First steps", site.name);
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={`Welcome, ${person.handle}. A first one takes a minute, and harms nothing.`}>
          You have no jobs yet
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">How it goes</Header>}>
          <ol className="steps">
            <li>
              <b>Choose an application</b> below, fill its form and drop your files. <b>Check</b> tells what is wrong
              before anything is sent, and shows the script.
            </li>
            <li>
              <b>Submit.</b> The job runs on the cluster under your own account there; it goes on when you close this
              page.
            </li>
            <li>
              <b>Come back</b> for its files, log and plots. They stay until you delete the job.
            </li>
          </ol>
          <Button variant="primary" href="/apps" onFollow={follow}>
            Submit a first job
          </Button>
        </Container>
        <StartList />
        <ExpandableSection variant="container" headerText="From a terminal or a program instead">
          <FirstCommand />
        </ExpandableSection>
      </SpaceBetween>
    </ContentLayout>
  );
}
