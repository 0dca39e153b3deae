// Everything that keeps a document from being submitted: by the contract, the application's schema, the cluster and the inputs.

import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import { applications } from "../../../shared/application/applications.ts";
import { resourceIssues } from "../../../shared/application/resource-issues.ts";
import { validateParameters } from "../../../shared/application/validate-parameters.ts";
import type { Application, Cluster } from "../../../shared/contract/catalogue.ts";
import { fileNameFault } from "../../../shared/contract/id.ts";
import { clashingNames } from "../../../shared/contract/input-names.ts";
import { translateIssues } from "../../../shared/contract/issues.ts";
import { JobSubmission, Resources } from "../../../shared/contract/job.ts";
import { type Issue, shortened } from "../../../shared/contract/problem.ts";
import { closedWords } from "../clusters/cluster-words.ts";
import { clusterOf, type JobDocument, toSubmission } from "./document.ts";

/** An issue, and where it is in the document. `open`: nothing is wrong yet, something is only still to be given. */
export type DocumentFault = Issue & { path: readonly (string | number)[]; open: boolean };

export type Surroundings = {
  application: Application;
  /** Those that the person may choose from. */
  clusters: readonly Cluster[];
  /** Inputs, by their places, that have no upload and will not have one by waiting: what would be accepted. */
  inputFaults: ReadonlyMap<number, string>;
};

/** Any upload's id: what a name stands for is settled when it is submitted. */
const someUpload = "00000000000000000000000000";

/** The faults, one for each field; empty: it can be submitted as soon as its inputs are there. */
export function findFaults(document: JobDocument, around: Surroundings): DocumentFault[] {
  const { application, clusters } = around;
  const submission = toSubmission(document, () => someUpload);
  const parsed = JobSubmission.safeParse(submission);
  const issues = parsed.success ? [] : translateIssues(JobSubmission, submission, parsed.error);
  if (document.version !== undefined && document.version !== application.version)
    issues.push(issue("version", document.version, `"${application.version}"`));
  const cluster = clusterOf(document, clusters);
  // none are known until the API has told of them
  if (document.cluster !== undefined && !cluster && clusters.length > 0)
    issues.push(issue("cluster", document.cluster, `one of ${clusters.map((one) => one.id).join(", ")}`));
  const closed = cluster && closedWords(cluster);
  if (cluster && closed) issues.push(issue("cluster", cluster.id, `one that takes jobs: ${closed.replace(/\.$/, "")}`));
  issues.push(...parameterIssues(document, application));
  const resources = Resources.safeParse({ ...application.defaults, ...document.resources });
  if (resources.success) issues.push(...resourceIssues(resources.data, cluster?.partitions ?? []));
  issues.push(...inputIssues(document.inputs, around.inputFaults));
  return once(issues).map((one) => ({ ...one, path: pathOf(one.field), open: one.value === undefined }));
}

function parameterIssues(document: JobDocument, application: Application): Issue[] {
  const schema = application.parameters as ParameterSchema;
  const { parameters, issues } = validateParameters(schema, document.parameters, document.inputs);
  const spec = applications.find((one) => one.id === application.id && one.version === application.version);
  return issues.length === 0 ? (spec?.check?.(parameters, document.inputs) ?? []) : issues;
}

function inputIssues(names: readonly string[], faults: ReadonlyMap<number, string>): Issue[] {
  const own = names.flatMap((name, place) => {
    const accepted = fileNameFault(name) ?? faults.get(place);
    return accepted === undefined ? [] : [issue(`inputs.${place}.name`, name, accepted)];
  });
  return [...own, ...clashingNames(names)];
}

function issue(field: string, value: unknown, accepted: string): Issue {
  return { field, value: shortened(value) ?? "", accepted };
}

/** One issue per field: the first says what is to be done. */
function once(issues: readonly Issue[]): Issue[] {
  return [...new Map(issues.toReversed().map((one) => [one.field, one])).values()].toReversed();
}

/** Where an issue's field is in the document: inputs are names there, "inputs.3.name" is inputs[3]. */
export function pathOf(field: string): (string | number)[] {
  const parts = field === "" ? [] : field.split(".");
  const path = parts.map((part, place) => (place > 0 && /^\d+$/.test(part) ? Number(part) : part));
  return path[0] === "inputs" ? path.slice(0, 2) : path;
}

/** Problems that the API told of, as faults of the document. */
export function faultsOfIssues(issues: readonly Issue[]): DocumentFault[] {
  return issues.map((one) => ({ ...one, path: pathOf(one.field), open: false }));
}
