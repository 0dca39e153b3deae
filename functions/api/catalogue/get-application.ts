// GET /v1/applications/{application}: one application and the JSON Schema of its parameters.
import { applications, describeApplication } from "../../../shared/application/applications.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";

export const getApplication: ApiOperation<"getApplication"> = async ({ params }) => {
  const found = applications.findLast((one) => one.id === params.application);
  if (!found) throw new GatewayError("not-found", `there is no application ${params.application}`);
  return { body: describeApplication(found) };
};
