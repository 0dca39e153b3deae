// All operations by their id; typed against the routes, so that a missing one does not compile.
import type { Operations } from "../edge/operation.ts";
import { changeCluster } from "./catalogue/change-cluster.ts";
import { getApplication } from "./catalogue/get-application.ts";
import { listApplications } from "./catalogue/list-applications.ts";
import { listClusters } from "./catalogue/list-clusters.ts";
import { bulkJobs } from "./jobs/bulk-jobs.ts";
import { cancelJob } from "./jobs/cancel-job.ts";
import { changeJob } from "./jobs/change-job.ts";
import { checkJob } from "./jobs/check-job.ts";
import { deleteJob } from "./jobs/delete-job.ts";
import { getJob } from "./jobs/get-job.ts";
import { getJobFile } from "./jobs/get-job-file.ts";
import { getLiveJob } from "./jobs/get-live-job.ts";
import { listChanges } from "./jobs/list-changes.ts";
import { listJobEvents } from "./jobs/list-job-events.ts";
import { listJobFiles } from "./jobs/list-job-files.ts";
import { listJobs } from "./jobs/list-jobs.ts";
import { peekJob } from "./jobs/peek-job.ts";
import { rerunJob } from "./jobs/rerun-job.ts";
import { submitJob } from "./jobs/submit-job.ts";
import type { ApiParts } from "./parts.ts";
import { changePerson } from "./people/change-person.ts";
import { getMe } from "./people/get-me.ts";
import { listPeople } from "./people/list-people.ts";
import { getOpenapi } from "./site/get-openapi.ts";
import { getSite } from "./site/get-site.ts";
import { createToken } from "./tokens/create-token.ts";
import { deleteToken } from "./tokens/delete-token.ts";
import { listTokens } from "./tokens/list-tokens.ts";
import { createUpload } from "./uploads/create-upload.ts";

export const operations: Operations<ApiParts> = {
  getOpenapi,
  getSite,
  getMe,
  listPeople,
  changePerson,
  createToken,
  listTokens,
  deleteToken,
  listApplications,
  getApplication,
  listClusters,
  changeCluster,
  createUpload,
  submitJob,
  checkJob,
  bulkJobs,
  listJobs,
  listChanges,
  getJob,
  changeJob,
  deleteJob,
  cancelJob,
  rerunJob,
  peekJob,
  getLiveJob,
  listJobEvents,
  listJobFiles,
  getJobFile,
};
