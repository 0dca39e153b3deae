// What every way of submitting has in common: options, a look at the whole before anything is sent, and what is printed.
import type { Command } from "commander";
import type { ParameterSchema } from "../../shared/application/application-spec.ts";
import { mergeResources, rivalIssues } from "../../shared/application/merge-resources.ts";
import { validateParameters } from "../../shared/application/validate-parameters.ts";
import type { Application } from "../../shared/contract/catalogue.ts";
import { translateIssues } from "../../shared/contract/issues.ts";
import { defaultRetry, finalStates, JobSubmission, type MailRequest, type Retry } from "../../shared/contract/job.ts";
import type { Issue } from "../../shared/contract/problem.ts";
import type { GatewayClient } from "../client/gateway-client.ts";
import { CliError } from "./cli-error.ts";
import { whole } from "./resource-options.ts";

export type Draft = Partial<JobSubmission> & Pick<JobSubmission, "application" | "parameters" | "resources">;

export const list = (text: string | undefined): string[] => text?.split(",").filter((word) => word !== "") ?? [];
export const again = (value: string, before: string[] = []): string[] => [...before, value];

/** --retry and --retry-on as the contract has them. */
export function readRetry(limit: string | undefined, on: string | undefined): Retry | undefined {
  if (limit === undefined && on === undefined) return undefined;
  return {
    limit: whole("--retry", limit) ?? defaultRetry.limit,
    on: on === undefined ? defaultRetry.on : (list(on) as Retry["on"]),
  };
}

/** --mail and --mail-on as the contract has them; without states, every end. */
export function readMail(to: string | undefined, on: string | undefined): MailRequest | undefined {
  if (to === undefined && on !== undefined) throw new CliError("usage", "--mail-on is given without --mail ADDRESS");
  if (to === undefined) return undefined;
  return {
    to: list(to),
    on: (on === undefined ? [...finalStates] : list(on)) as MailRequest["on"],
  };
}

/** A stand-in for uploads that are still to come: any id will do for a look at the rest. */
const someUpload = "00000000000000000000000000";

/** Everything that can be known to be wrong before anything is uploaded. Throws CliError with an issue for each field. */
export function checkDraft(draft: Draft, application: Application, names: readonly string[]): void {
  const inputs = names.map((name) => ({ name, upload: someUpload }));
  const parsed = JobSubmission.safeParse({ ...draft, inputs });
  const issues: Issue[] = parsed.success ? [] : translateIssues(JobSubmission, { ...draft, inputs }, parsed.error);
  // an earlier version's parameters are the site's to judge
  if (draft.version === undefined || draft.version === application.version)
    issues.push(...validateParameters(application.parameters as ParameterSchema, draft.parameters, names).issues);
  issues.push(...rivalIssues(mergeResources(application.defaults, draft.resources)), ...rivalIssues(draft.resources));
  const once = issues.filter(({ field }, at) => issues.findIndex((other) => other.field === field) === at);
  if (once.length > 0) throw new CliError("refused", "the job is not accepted; nothing was sent", { issues: once });
}

/** The application, in one version or the latest. */
export async function findApplication(client: GatewayClient, id: string): Promise<Application> {
  const all = await client.applications();
  const found = all.findLast((one) => one.id === id);
  if (found) return found;
  throw new CliError(
    "absent",
    `there is no application ${JSON.stringify(id)}; accepted is one of ${all.map((one) => one.id).join(", ")}`,
  );
}

/** Options of every way of submitting that are about the job itself. */
export function addJobOptions(command: Command): Command {
  return command
    .option("--cluster <id>", "which cluster, where there are several")
    .option("--name <name>", "the job's name")
    .option("--description <text>", "a description")
    .option("--tag <tag>", "a tag; may be repeated", again)
    .option("--mail <addresses>", "whom to tell by mail, separated by commas")
    .option("--mail-on <states>", "of which states: running,succeeded,failed,cancelled (default: every end)")
    .option("--retry <n>", "how many more attempts by itself at most")
    .option("--retry-on <reasons>", "after which reasons, such as node-failure,preempted,time-limit");
}
