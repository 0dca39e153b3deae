// What a job asks of the cluster is refused where no node of the partition can give it.
import { resourceIssues } from "../../../shared/application/resource-issues.ts";
import type { Partition } from "../../../shared/contract/catalogue.ts";
import type { Resources } from "../../../shared/contract/job.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";

/** Throws `resources-exceeded` naming each field that no node of the partition can give. */
export function checkResources(asked: Resources, partitions: readonly Partition[]): void {
  const issues = resourceIssues(asked, partitions);
  const [first] = issues;
  if (!first) return;
  throw new GatewayError("resources-exceeded", `${first.field} is ${first.value}; accepted is ${first.accepted}`, {
    issues,
  });
}
