// The registry: every application that can be run, and how one is found, described and rendered.
import type { Application } from "../contract/catalogue.ts";
import type { Resources } from "../contract/job.ts";
import { GatewayError } from "../contract/problem.ts";
import type { ApplicationSpec, Parameters } from "./application-spec.ts";
import { bumps } from "./bumps.ts";
import { mergeResources, rivalIssues } from "./merge-resources.ts";
import { script } from "./script.ts";
import { script1 } from "./script-1.ts";
import { validateParameters } from "./validate-parameters.ts";

/** All applications, each in its latest version. */
export const applications: readonly ApplicationSpec[] = [script, bumps];

/** Earlier versions, oldest first: jobs of theirs are run anew as they were. */
const former: readonly ApplicationSpec[] = [script1];

/** The application of that id, in that version or the latest. Throws `unknown-application`. */
export function findApplication(id: string, version?: string): ApplicationSpec {
  const versions = [...former, ...applications].filter((application) => application.id === id);
  const found = version === undefined ? versions.at(-1) : versions.find((one) => one.version === version);
  if (found) return found;
  if (versions.length > 0) {
    const known = versions.map((one) => one.version).join(", ");
    throw new GatewayError("unknown-application", `${id} has no version ${version}; there is ${known}`, {
      issues: [{ field: "version", value: JSON.stringify(version), accepted: `one of ${known}` }],
    });
  }
  const known = [...new Set(applications.map((one) => one.id))].join(", ");
  throw new GatewayError("unknown-application", `there is no application ${id}; there are ${known}`, {
    issues: [{ field: "application", value: JSON.stringify(id), accepted: `one of ${known}` }],
  });
}

/** An application as the API shows it. */
export function describeApplication(spec: ApplicationSpec): Application {
  return {
    id: spec.id,
    version: spec.version,
    title: spec.title,
    description: spec.description,
    parameters: { $schema: "https://json-schema.org/draft/2020-12/schema", ...spec.parameters },
    defaults: spec.defaults,
    limits: spec.limits,
  };
}

export type JobRequest = {
  application: string;
  /** Absent: the latest. */
  version?: string | undefined;
  parameters: Parameters;
  resources: Resources;
  /** Names of the inputs in the job's folder. */
  inputs: readonly string[];
};

type RenderedJob = {
  version: string;
  /** The same text for every job of this application and version. */
  script: string;
  /** This member's files, by plain name; to be written one folder above its inputs. */
  files: Record<string, string>;
  /** With the application's defaults filled in. */
  parameters: Parameters;
  resources: Resources;
  limits: Application["limits"];
  /** The file in which it says how far it is, relative to work. */
  progress: string | undefined;
};

/**
 * Checks a request against its application and makes its script and files.
 * Throws `unknown-application`, or `invalid-request` with an issue per field that is wrong.
 */
export function renderJob(request: JobRequest): RenderedJob {
  const spec = findApplication(request.application, request.version);
  const { parameters, issues } = validateParameters(spec.parameters, request.parameters, request.inputs);
  if (issues.length === 0) issues.push(...(spec.check?.(parameters, request.inputs) ?? []));
  issues.push(...rivalIssues(request.resources));
  if (issues.length > 0) {
    const first = issues[0];
    throw new GatewayError(
      "invalid-request",
      `${first?.field} is not valid for ${spec.id}: accepted is ${first?.accepted}${issues.length > 1 ? ` (and ${issues.length - 1} more)` : ""}`,
      { issues },
    );
  }
  return {
    version: spec.version,
    script: spec.script,
    files: spec.files(parameters),
    parameters,
    resources: mergeResources(spec.defaults, request.resources),
    limits: spec.limits,
    progress: spec.progress?.file(parameters),
  };
}
