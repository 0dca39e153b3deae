// `npm run build:cli`: the command line alone, for whoever needs no cloud here.
import { bundleCli } from "./bundle.ts";

await bundleCli();
console.log("build/cli/headgate.mjs");
