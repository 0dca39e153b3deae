// What a job is called, and on which cluster it runs.
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import type { Person } from "../../../shared/contract/person.ts";
import { closedWords } from "../clusters/cluster-words.ts";
import { clusterOf, type JobDocument, withField } from "./document.ts";
import type { DocumentFault } from "./faults.ts";
import { ListField } from "./list-field.tsx";
import { sentence } from "./sentence.ts";

type PartProps = {
  document: JobDocument;
  onChange: (document: JobDocument) => void;
  faults: readonly DocumentFault[];
};

/** What is said at a field of the document, or at one of its items. */
function wordsAt(faults: readonly DocumentFault[], field: string): string | undefined {
  const fault = faults.find((one) => one.path[0] === field);
  return fault === undefined ? undefined : sentence(fault);
}

export function AboutForm({ document, onChange, faults }: PartProps) {
  return (
    <SpaceBetween size="l">
      <FormField label={optional("Name")} errorText={wordsAt(faults, "name")} stretch>
        <Input
          value={document.name ?? ""}
          placeholder={`Unnamed ${document.application} job`}
          onChange={({ detail }) => onChange(withField(document, "name", detail.value))}
        />
      </FormField>
      <FormField label={optional("Description")} errorText={wordsAt(faults, "description")} stretch>
        <Textarea
          value={document.description ?? ""}
          rows={2}
          onChange={({ detail }) => onChange(withField(document, "description", detail.value))}
        />
      </FormField>
      <ListField
        label={optional("Tags")}
        description="Words of your own by which you find jobs again. Enter or a comma ends one."
        errorText={wordsAt(faults, "tags")}
        one="tag"
        values={document.tags ?? []}
        split={tagsOf}
        ends={/,$/}
        onChange={(tags) => onChange(withField(document, "tags", tags))}
      />
    </SpaceBetween>
  );
}

const tagsOf = (text: string): string[] =>
  text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");

type ClusterFieldProps = PartProps & { clusters: readonly Cluster[]; person: Person };

/** The choice of a cluster where there are several, and what keeps this person from using the chosen one. */
export function ClusterField({ document, onChange, faults, clusters, person }: ClusterFieldProps) {
  const cluster = clusterOf(document, clusters);
  const closed = cluster && closedWords(cluster);
  const hasAccount = cluster !== undefined && Object.hasOwn(person.accounts, cluster.id);
  return (
    <SpaceBetween size="m">
      {(clusters.length > 1 || (clusters.length === 1 && !cluster)) && (
        <FormField label="Cluster" errorText={wordsAt(faults, "cluster")} stretch>
          <Select
            selectedOption={
              cluster ? optionOf(cluster, person) : { value: document.cluster ?? "", label: document.cluster ?? "" }
            }
            options={clusters.map((one) => optionOf(one, person))}
            onChange={({ detail }) => onChange(withField(document, "cluster", detail.selectedOption.value))}
          />
        </FormField>
      )}
      {closed && (
        <Alert type="error" header={closed}>
          What you enter here is kept meanwhile.{cluster?.notice && ` ${cluster.name}: ${cluster.notice}`}
        </Alert>
      )}
      {cluster && !hasAccount && (
        <Alert type="warning" header={`You have no Unix account on ${cluster.name} yet`}>
          Jobs run there under an account of your own. An administrator of this site gives it to you: tell them your
          handle, {person.handle}, and the cluster's name. What you enter here is kept meanwhile.
        </Alert>
      )}
    </SpaceBetween>
  );
}

function optionOf(cluster: Cluster, person: Person) {
  const account = person.accounts[cluster.id];
  return {
    value: cluster.id,
    label: cluster.name,
    description: account === undefined ? "you have no Unix account there yet" : `as ${account}`,
    ...(closedWords(cluster) ? { labelTag: "takes no jobs now" } : cluster.silent ? { labelTag: "silent" } : {}),
  };
}

function optional(text: string) {
  return (
    <>
      {text} <i>- optional</i>
    </>
  );
}
