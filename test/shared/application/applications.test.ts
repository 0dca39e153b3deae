// The registry as the API serves it.
import { describe, expect, it } from "vitest";
import {
  applications,
  describeApplication,
  findApplication,
  renderJob,
} from "../../../shared/application/applications.ts";
import { Application } from "../../../shared/contract/catalogue.ts";
import { fileNameFault } from "../../../shared/contract/id.ts";
import type { Resources } from "../../../shared/contract/job.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";

describe("applications", () => {
  it.each(applications.map((spec) => [spec.id, spec] as const))("%s is served as the contract says", (_id, spec) => {
    const shown = describeApplication(spec);

    expect(Application.parse(JSON.parse(JSON.stringify(shown)))).toEqual(shown);
    expect(shown.limits).toEqual({ bytes: 50_000_000_000, files: 100_000 });
    for (const [name, property] of Object.entries(spec.parameters.properties ?? {})) {
      expect([name, property.title, property.description, property["x-group"]].every(Boolean), name).toBe(true);
    }
  });

  it("says which applications and versions there are where one is asked for that is not", () => {
    expect(() => findApplication("gene")).toThrow("there is no application gene; there are script, bumps");
    expect(() => findApplication("bumps", "9")).toThrow("bumps has no version 9; there is 1");
    expect(findApplication("bumps", "1")).toBe(findApplication("bumps"));
    expect(() => findApplication("script", "9")).toThrow("script has no version 9; there is 1, 2");
  });

  it("still runs what was submitted to an earlier version", () => {
    const request = { application: "script", version: "1", parameters: { text: "a" }, resources: {}, inputs: [] };
    const rendered = renderJob(request);

    expect(rendered.version).toBe("1");
    expect(rendered.parameters).toEqual({ text: "a", interpreter: "auto", arguments: [] });
    expect(Object.keys(rendered.files)).toEqual(["words.sh", "program"]);
    expect(rendered.script).toMatch(/^# Runs .*\n\. \.\.\/words\.sh\n[\s\S]*exec "\$interpreter" "\$@"\n$/);
  });

  it("takes memory by node or by CPU, and GPUs by number or by kind, and not both", () => {
    const render = (resources: Resources) =>
      renderJob({ application: "script", parameters: { text: "a" }, resources, inputs: [] }).resources;

    expect(render({ memoryPerCpuMb: 200 })).toEqual({ tasks: 1, cpusPerTask: 1, memoryPerCpuMb: 200, wallMinutes: 30 });
    expect(() => render({ memoryPerCpuMb: 200, memoryMb: 1 })).toThrow(
      "resources.memoryPerCpuMb is not valid for script: accepted is either this or memoryMb, not both",
    );
    expect(() => render({ gpus: 1, gres: "fpga:1,gpu:a100:2" })).toThrow("resources.gres is not valid");
    expect(render({ gpus: 1, gres: "fpga:1" })).toMatchObject({ gpus: 1, gres: "fpga:1" });
  });

  it("fills in the application's resources beneath those that were asked for", () => {
    const rendered = renderJob({
      application: "script",
      parameters: { text: "a" },
      resources: { cpusPerTask: 3 },
      inputs: [],
    });

    expect(rendered.resources).toEqual({ tasks: 1, cpusPerTask: 3, memoryMb: 512, wallMinutes: 30 });
    expect(rendered.parameters).toEqual({ text: "a", interpreter: "auto", arguments: [], environment: [] });
    expect(Object.keys(rendered.files).every((name) => fileNameFault(name) === undefined && !name.includes("/"))).toBe(
      true,
    );
  });

  it("names the first fault in its detail and lists all", () => {
    const refused = () => renderJob({ application: "bumps", parameters: { fitter: "x" }, resources: {}, inputs: [] });

    expect(refused).toThrow(GatewayError);
    expect(refused).toThrow(/parameters\.\w+ is not valid for bumps: accepted is .* \(and 1 more\)/);
  });
});
