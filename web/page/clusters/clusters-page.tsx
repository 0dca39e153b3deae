// The clusters: whether they are heard and take jobs, their partitions, where jobs' folders live; for administrators, what to say of them.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import { useGateway } from "../gateway.ts";
import { Moment, useTitle } from "../parts.tsx";
import { AsCode } from "../snippets/as-code.tsx";
import { ClusterForm } from "./cluster-form.tsx";
import { acceptanceWords, closedWords, foldersWords } from "./cluster-words.ts";
import { PartitionTable } from "./partition-table.tsx";
import "./clusters.css";

export function ClustersPage() {
  const { site, clusters } = useGateway();
  useTitle("Clusters", site.name);
  return (
    <ContentLayout header={<Header variant="h1">Clusters</Header>}>
      <SpaceBetween size="l">
        {clusters.map((cluster) => (
          <OneCluster key={cluster.id} cluster={cluster} />
        ))}
        {clusters.length === 0 && <Box>This site has no cluster yet.</Box>}
        <AsCode requests={{ method: "GET", path: "/v1/clusters" }} />
      </SpaceBetween>
    </ContentLayout>
  );
}

function OneCluster({ cluster }: { cluster: Cluster }) {
  const { person } = useGateway();
  const { partitions = [], folders, notice } = cluster;
  const account = person.accounts[cluster.id];
  const items: (KeyValuePairsProps.Pair | undefined)[] = [
    { label: "Id", value: <code>{cluster.id}</code> },
    { label: "Heard", value: cluster.heardAt ? <Moment at={cluster.heardAt} /> : "not yet" },
    cluster.silentSince
      ? { label: "Asked without an answer since", value: <Moment at={cluster.silentSince} /> }
      : undefined,
    { label: "Takes new jobs", value: acceptanceWords[cluster.accept ?? "always"] },
    { label: "Your Unix account", value: account ?? "none: an administrator gives one" },
    { label: "Jobs' folders", value: foldersWords(folders, account) ?? "the cluster has not told yet" },
  ];
  return (
    <Container
      header={
        <Header variant="h2" description={<Standing cluster={cluster} />}>
          {cluster.name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {notice && <blockquote className="cluster-notice">{notice}</blockquote>}
        <KeyValuePairs
          columns={3}
          ariaLabel={`Facts about ${cluster.name}`}
          items={items.filter((item) => item !== undefined)}
        />
        {partitions.length > 0 ? (
          <PartitionTable partitions={partitions} label={`Partitions of ${cluster.name}`} />
        ) : (
          <Box color="text-body-secondary">Its partitions are not known yet.</Box>
        )}
        {person.roles.includes("admin") && <ClusterForm cluster={cluster} />}
      </SpaceBetween>
    </Container>
  );
}

function Standing({ cluster }: { cluster: Cluster }) {
  const closed = closedWords(cluster) !== undefined;
  if (cluster.silent)
    return <StatusIndicator type="warning">{closed ? "Silent, takes no jobs now" : "Silent"}</StatusIndicator>;
  if (closed) return <StatusIndicator type="stopped">Takes no jobs now</StatusIndicator>;
  if (!cluster.heardAt) return <StatusIndicator type="pending">Not heard yet</StatusIndicator>;
  return <StatusIndicator type="success">Takes jobs</StatusIndicator>;
}
