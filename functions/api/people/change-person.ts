// PATCH /v1/people/{id}: approve, disable, give roles and Unix accounts.

import { iso } from "../../../shared/aws/clock.ts";
import type { PersonRecord } from "../../../shared/aws/person-table.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";
import { personView } from "./person-view.ts";

export const changePerson: ApiOperation<"changePerson"> = async ({ params, body, caller, parts }) => {
  const known = parts.clusters.map((cluster) => cluster.id);
  for (const cluster of Object.keys(body.accounts ?? {})) {
    if (!known.includes(cluster)) {
      const accepted = `one of ${known.join(", ")}`;
      throw new GatewayError("unknown-cluster", `there is no cluster ${cluster}; accepted is ${accepted}`, {
        issues: [{ field: `accounts.${cluster}`, accepted }],
      });
    }
  }
  if (params.id === caller.person.id && (body.status !== undefined || (body.roles && !body.roles.includes("admin")))) {
    throw new GatewayError(
      "conflict",
      "one's own status and administrator's role are changed by another administrator",
    );
  }
  const person = await parts.people.change(
    params.id,
    (): Partial<PersonRecord> => ({
      ...(body.status ? { status: body.status } : {}),
      ...(body.roles ? { roles: [...new Set(body.roles)] } : {}),
      ...(body.accounts ? { accounts: body.accounts } : {}),
      // Whoever comes back later signs in again: nothing from before counts.
      ...(body.status === "disabled" ? { tokensValidFrom: iso(parts.now()) } : {}),
    }),
  );
  if (!person) throw new GatewayError("not-found", "there is no such person");
  return { body: personView(person) };
};
