// From the constructs to a cloud assembly (template and assets), with the security checks that fail it.
import { readFileSync } from "node:fs";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { readConfiguration } from "./stacks/configuration.ts";
import { Headgate } from "./stacks/headgate.ts";

export const stackName = "Headgate";

/**
 * Synthesises the stack into a folder.
 * @param options.build folder with functions/<name>/index.mjs and page/index.html
 * @param options.out folder that is written
 * @param options.context keys that win over cdk.json's
 * @throws Error where the configuration is wrong, a bundle is missing or a check finds something that is not acknowledged
 */
export function synthesise(options: { build: string; out: string; context?: Readonly<Record<string, unknown>> }): void {
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
  app.synth();
}
