// GET /v1/applications: what can be run.
import { applications, describeApplication } from "../../../shared/application/applications.ts";
import type { ApiOperation } from "../parts.ts";

export const listApplications: ApiOperation<"listApplications"> = async () => ({
  body: { applications: applications.map(describeApplication) },
});
