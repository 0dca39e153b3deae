// From the constructs to a cloud assembly (template and assets), with the security checks that fail it.
import { readFileSync } from "node:fs";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { readConfiguration } from "./stacks/configuration.ts";
import { Headgate } from "./stacks/headgate.ts";

export const stackName = "Headgate";

type SynthesisOptions = {
  /** Folder with functions/<name>/index.mjs and page/index.html. */
  build: string;
  /** Folder that is written. */
  out: string;
  /** Keys that win over cdk.json's context. */
  context?: Readonly<Record<string, unknown>>;
};

/**
 * The app with its stack and its checks, not yet synthesised.
 * @throws Error where the configuration is wrong or a bundle is missing
 */
export function headgateApp(options: SynthesisOptions): App {
  const cdkJson: { context: Record<string, unknown> } = JSON.parse(
    readFileSync(new URL("../cdk.json", import.meta.url), "utf8"),
  );
  // Read here too, so that the template is the same with and without the CDK's command line. analyticsReporting off: no
  // resource that differs by machine.
  const app = new App({
    outdir: options.out,
    analyticsReporting: false,
    context: { ...cdkJson.context, ...options.context },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new Headgate(app, stackName, {
    build: options.build,
    configuration: readConfiguration(app.node.tryGetContext("headgate")),
  });
  return app;
}

/**
 * Writes the cloud assembly.
 * @throws Error also where a check finds something that is not acknowledged
 */
export function synthesise(options: SynthesisOptions): void {
  headgateApp(options).synth();
}
