// What can be run: the applications as cards, each the beginning of a new job.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Cards from "@cloudscape-design/components/cards";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import type { Application } from "../../../shared/contract/catalogue.ts";
import { useGateway } from "../gateway.ts";
import { PageLink, useFollow } from "../page-link.tsx";
import { Fault, useTitle } from "../parts.tsx";
import { readDraft } from "./draft.ts";
import { minutesWords } from "./resource-fields.ts";

export function AppsPage() {
  const { client, site, person } = useGateway();
  const follow = useFollow();
  useTitle("New job", site.name);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["applications"],
    queryFn: () => client.applications(),
  });
  const latest = (data ?? []).filter((one, place, all) => all.findLastIndex(({ id }) => id === one.id) === place);
  const hasDraft = (one: Application) => readDraft(localStorage, person.id, one.id) !== undefined;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Choose what to run; its form comes next.">
        New job
      </Header>
      {error && !data ? (
        <Fault
          error={error}
          what="The applications cannot be shown"
          action={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      ) : (
        <Cards
          items={latest}
          trackBy="id"
          loading={isPending}
          loadingText="Loading the applications"
          ariaLabels={{ itemSelectionLabel: (_, one) => one.title, selectionGroupLabel: "Applications" }}
          cardsPerRow={[{ cards: 1 }, { minWidth: 600, cards: 2 }, { minWidth: 1100, cards: 3 }]}
          cardDefinition={{
            header: (one) => (
              <PageLink href={`/apps/${one.id}/new`} fontSize="heading-m">
                {one.title}
              </PageLink>
            ),
            sections: [
              { id: "description", content: (one) => one.description },
              {
                id: "defaults",
                header: "Unless you ask for more",
                content: (one) => defaultsWords(one.defaults),
              },
              {
                id: "start",
                content: (one) => (
                  <Button href={`/apps/${one.id}/new`} onFollow={follow}>
                    {hasDraft(one) ? `Go on with your ${one.title} draft` : `New ${one.title} job`}
                  </Button>
                ),
              },
            ],
          }}
          empty={
            <Box textAlign="center" color="inherit">
              This site has no application yet. An administrator adds them.
            </Box>
          }
        />
      )}
    </SpaceBetween>
  );
}

function defaultsWords({ tasks, cpusPerTask, memoryMb, wallMinutes }: Application["defaults"]): string {
  const cpus = (tasks ?? 1) * (cpusPerTask ?? 1);
  return [
    `${cpus} ${cpus === 1 ? "CPU" : "CPUs"}`,
    ...(memoryMb === undefined ? [] : [`${memoryMb} MB`]),
    ...(wallMinutes === undefined ? [] : [minutesWords(wallMinutes)]),
  ].join(", ");
}
