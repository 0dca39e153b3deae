// The CDK app: builds what is deployed and writes the cloud assembly. Runs alone (node infra/app.ts) and under the CDK's command line.
import { resolve } from "node:path";
import { buildFolder, buildPage, bundleFunctions, bundleHeadnode } from "./bundle.ts";
import { synthesise } from "./synthesise.ts";

// HEADGATE_BUILD: a folder that has been built already (functions/<name>/index.mjs, page/index.html); nothing is built then.
const ready = process.env.HEADGATE_BUILD;
if (ready === undefined) await Promise.all([bundleFunctions(), bundleHeadnode(), buildPage()]);

const besideThis = resolve(import.meta.dirname, "..", "cdk.out");
synthesise({
  build: ready === undefined ? buildFolder : resolve(ready),
  out: process.env.CDK_OUTDIR ?? besideThis,
});
