// The CDK app: builds what is deployed and writes the cloud assembly. Runs alone (node infra/app.ts) and under the CDK's command line.
import { resolve } from "node:path";
import { buildAll } from "./bundle.ts";
import { synthesise } from "./synthesise.ts";

synthesise({
  build: await buildAll(),
  // CDK_OUTDIR: set by the command line.
  out: process.env.CDK_OUTDIR ?? resolve(import.meta.dirname, "../cdk.out"),
});
