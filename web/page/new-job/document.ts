// The one document of a new job: what its faces show and change, and how it is written as JSON and as a submission.
import type { Application, Cluster, Site } from "../../../shared/contract/catalogue.ts";
import type { Job, JobSubmission } from "../../../shared/contract/job.ts";

/** A submission whose inputs go by their names. Values may be wrong (that is what faults are for), its shape is not. */
export type JobDocument = {
  application: string;
  version?: string;
  cluster?: string;
  name?: string;
  description?: string;
  tags?: string[];
  projectId?: string;
  rerunOf?: string;
  parameters: Record<string, unknown>;
  resources: Record<string, unknown>;
  inputs: string[];
  retry?: Record<string, unknown>;
  mail?: Record<string, unknown>;
};

/** The fields in the order in which they are written. */
const fields = [
  "application",
  "version",
  "cluster",
  "name",
  "description",
  "tags",
  "projectId",
  "rerunOf",
  "parameters",
  "resources",
  "inputs",
  "retry",
  "mail",
] as const satisfies readonly (keyof JobDocument)[];

export function emptyDocument(application: Pick<Application, "id" | "version">): JobDocument {
  return { application: application.id, version: application.version, parameters: {}, resources: {}, inputs: [] };
}

/** As the JSON face shows it: fields in their order, two spaces, and nothing that is not there. */
export function writeDocument(document: JobDocument): string {
  return JSON.stringify(ordered(document), undefined, 2);
}

export type Reading =
  | { document: JobDocument }
  /** `path`: the field that is to blame; undefined: the text is no JSON, and `offset` says about where. */
  | { fault: string; path?: readonly (string | number)[]; offset?: number };

/** Reads the JSON face. What is no document of this application is a fault in words; wrong values are not. */
export function readDocument(text: string, application: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const offset = /position (\d+)/.exec((error as Error).message)?.[1];
    return { fault: "this is not JSON", ...(offset === undefined ? {} : { offset: Number(offset) }) };
  }
  if (!isObject(value)) return { fault: "a job is an object: { … }", path: [] };
  const unknown = Object.keys(value).find((name) => !(fields as readonly string[]).includes(name));
  if (unknown !== undefined) return { fault: `no such field; there are ${fields.join(", ")}`, path: [unknown] };
  if (value.application !== application)
    return { fault: `accepted is "${application}": another application has a page of its own`, path: ["application"] };
  for (const name of ["version", "cluster", "name", "description", "projectId", "rerunOf"])
    if (value[name] !== undefined && typeof value[name] !== "string")
      return { fault: "accepted is a text", path: [name] };
  for (const name of ["parameters", "resources", "retry", "mail"])
    if (value[name] !== undefined && !isObject(value[name]))
      return { fault: "accepted is an object: { … }", path: [name] };
  for (const name of ["tags", "inputs"]) {
    const list = value[name];
    if (list === undefined) continue;
    if (!Array.isArray(list)) return { fault: "accepted is a list: [ … ]", path: [name] };
    const place = list.findIndex((one) => typeof one !== "string");
    const what = name === "inputs" ? "the name of a file, as a text" : "a text";
    if (place >= 0) return { fault: `accepted is ${what}`, path: [name, place] };
  }
  return { document: { ...(value as JobDocument), ...withContainers(value) } };
}

function withContainers(value: Record<string, unknown>): Pick<JobDocument, "parameters" | "resources" | "inputs"> {
  return {
    parameters: (value.parameters ?? {}) as JobDocument["parameters"],
    resources: (value.resources ?? {}) as JobDocument["resources"],
    inputs: (value.inputs ?? []) as string[],
  };
}

/** The body of POST /v1/jobs; `uploadOf` gives what stands for an input's upload. Its values may be wrong. */
export function toSubmission(document: JobDocument, uploadOf: (place: number) => string): JobSubmission {
  const inputs = document.inputs.map((name, place) => ({ upload: uploadOf(place), name }));
  return { ...ordered(document), inputs } as JobSubmission;
}

/** The document of a job that is to be run anew, for an application's present version; without its mail where the site sends none. */
export function documentOfJob(
  job: Job,
  application: Pick<Application, "id" | "version">,
  site: Pick<Site, "mail">,
): JobDocument {
  const { name, description, tags, projectId, retry, mail } = job;
  return {
    ...emptyDocument(application),
    cluster: job.cluster,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined || tags.length === 0 ? {} : { tags: [...tags] }),
    ...(projectId === undefined ? {} : { projectId }),
    rerunOf: job.id,
    parameters: { ...job.parameters },
    resources: { ...job.resources },
    inputs: job.inputs.map((input) => input.name),
    ...(retry === undefined ? {} : { retry: { ...retry } }),
    ...(mail === undefined || !site.mail ? {} : { mail: { ...mail } }),
  };
}

/** The cluster that a document means: without one the first of the site. Undefined where there is no such one. */
export function clusterOf(document: JobDocument, clusters: readonly Cluster[]): Cluster | undefined {
  return document.cluster === undefined ? clusters[0] : clusters.find((one) => one.id === document.cluster);
}

/** Whether anything was entered: cluster and version come by themselves. */
export function isTouched(document: JobDocument): boolean {
  const { application: _, version: __, cluster: ___, ...rest } = document;
  return Object.values(rest).some((value) =>
    typeof value === "object" ? Object.keys(value).length > 0 : value !== "" && value !== undefined,
  );
}

/** The same with a field set; a text or list that is empty takes the field away. */
export function withField<K extends "cluster" | "name" | "description" | "tags">(
  document: JobDocument,
  field: K,
  value: JobDocument[K],
): JobDocument {
  const next: JobDocument = { ...document };
  if (value === undefined || value.length === 0) delete next[field];
  else next[field] = value;
  return next;
}

/** The same with a parameter or a resource set; undefined takes it away. */
export function withValue(
  document: JobDocument,
  part: "parameters" | "resources",
  name: string,
  value: unknown,
): JobDocument {
  const { [name]: _, ...rest } = document[part];
  return { ...document, [part]: value === undefined ? rest : { ...document[part], [name]: value } };
}

function ordered(document: JobDocument): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((name) => (document[name] === undefined ? [] : [[name, document[name]] as const])),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
