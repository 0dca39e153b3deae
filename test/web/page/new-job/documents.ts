// Examples that several tests of the new job share.

import { describeApplication } from "../../../../shared/application/applications.ts";
import { bumps } from "../../../../shared/application/bumps.ts";
import { script } from "../../../../shared/application/script.ts";
import type { Job } from "../../../../shared/contract/job.ts";
import type { JobDocument } from "../../../../web/page/new-job/document.ts";

export const bumpsApplication = describeApplication(bumps);
export const scriptApplication = describeApplication(script);

/** A job, and the document by which it is run anew under version 2. */
export function submissionOf(): { job: Job; document: JobDocument } {
  const at = "2026-01-01T00:00:00.000Z";
  const job: Job = {
    id: "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z",
    application: "bumps",
    version: "1",
    cluster: "local",
    name: "Line",
    tags: ["thin film"],
    state: "failed",
    attempt: 2,
    parameters: { model: "line.py", fitter: "dream" },
    resources: { nodes: 1, wallMinutes: 60 },
    inputs: [{ name: "line.py", size: 1, etag: "e", upload: "01JVP000000000000000000000" }],
    results: { state: "pending" },
    account: "alice",
    createdAt: at,
    changedAt: at,
  };
  const document: JobDocument = {
    application: "bumps",
    version: "2",
    cluster: "local",
    name: "Line",
    tags: ["thin film"],
    rerunOf: job.id,
    parameters: { model: "line.py", fitter: "dream" },
    resources: { nodes: 1, wallMinutes: 60 },
    inputs: ["line.py"],
  };
  return { job, document };
}
