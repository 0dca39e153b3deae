import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJob } from "../../../../shared/application/applications.ts";
import type { Cluster } from "../../../../shared/contract/catalogue.ts";
import { JobSubmission } from "../../../../shared/contract/job.ts";
import { emptyDocument, type JobDocument, toSubmission } from "../../../../web/page/new-job/document.ts";
import { findFaults, pathOf } from "../../../../web/page/new-job/faults.ts";
import { bumpsApplication, scriptApplication } from "./documents.ts";

const cluster: Cluster = {
  id: "local",
  name: "Juniper",
  kind: "slurm",
  silent: false,
  partitions: [{ name: "short", default: true, maxMinutes: 60, nodes: 2, cpusPerNode: 8, memoryMbPerNode: 16_000 }],
};
const faultsOf = (
  change: Partial<JobDocument>,
  application = bumpsApplication,
  inputFaults = new Map<number, string>(),
) => findFaults({ ...emptyDocument(application), ...change }, { application, clusters: [cluster], inputFaults });

describe("the faults of a new job", () => {
  it("names what is only still to be given, and tells it from what is wrong", () => {
    expect(faultsOf({ parameters: { steps: 0 } })).toMatchObject([
      { field: "parameters.model", path: ["parameters", "model"], open: true },
      { field: "parameters.steps", path: ["parameters", "steps"], open: false, value: "0" },
    ]);
  });

  it("has none where everything is accepted", () => {
    expect(faultsOf({ parameters: { model: "line.py" }, inputs: ["line.py"], resources: { wallMinutes: 60 } })).toEqual(
      [],
    );
  });

  it("finds what the partition cannot give, at its field, the application's defaults included", () => {
    const given = { parameters: { model: "line.py" }, inputs: ["line.py"] };
    expect(faultsOf({ ...given, resources: { wallMinutes: 61, nodes: 3 } })).toMatchObject([
      { field: "resources.nodes", accepted: "at most 2 nodes on partition short" },
      { field: "resources.wallMinutes", accepted: "at most 60 minutes on partition short" },
    ]);
    expect(faultsOf({ ...given, resources: { partition: "long" } })).toMatchObject([
      { field: "resources.partition", accepted: "one of short" },
    ]);
  });

  it("finds names of inputs that are not accepted, clash, or have no file", () => {
    const given = { parameters: { model: "line.py" } };
    const names = (inputs: string[], faults = new Map<number, string>()) =>
      faultsOf({ ...given, inputs }, bumpsApplication, faults).map(({ path, accepted }) => [path.at(1), accepted]);
    expect(names(["line.py", "/etc/passwd"])).toEqual([[1, "a relative name, without a leading /"]]);
    expect(names(["line.py", "a", "a/b"])).toEqual([[1, "a name that is no folder of another input"]]);
    expect(names(["line.py", "a", "a"])).toEqual([[2, "a name that no other input has"]]);
    expect(names(["line.py", "b"], new Map([[1, "something else"]]))).toEqual([[1, "something else"]]);
    expect(names(["line.py", "fit/x"])).toEqual([[1, "a name outside the folder fit, where the results go"]]);
  });

  it("wants a cluster and a version that there are", () => {
    const given = { parameters: { model: "line.py" }, inputs: ["line.py"] };
    expect(faultsOf({ ...given, cluster: "other", version: "9" })).toMatchObject([
      { field: "version", accepted: '"1"' },
      { field: "cluster", accepted: "one of local" },
    ]);
  });

  it("leaves a choice open until one is chosen, and refuses both", () => {
    expect(faultsOf({}, scriptApplication)).toMatchObject([
      { path: ["parameters"], open: true, accepted: "exactly one of script, text" },
    ]);
    expect(faultsOf({ parameters: { script: "a", text: "b" }, inputs: ["a"] }, scriptApplication)).toMatchObject([
      { path: ["parameters"], open: false },
    ]);
  });

  it("agrees with the contract and the application on whatever is given", () => {
    const values = fc.oneof(
      fc.integer({ min: -1, max: 99_999_999 }),
      fc.string(),
      fc.boolean(),
      fc.constant("line.py"),
    );
    const parts = fc.record({
      parameters: fc.dictionary(fc.constantFrom("model", "steps", "fitter", "seed", "other"), values),
      resources: fc.dictionary(fc.constantFrom("nodes", "tasks", "partition", "wallMinutes", "other"), values),
      inputs: fc.uniqueArray(fc.constantFrom("line.py", "a", "a/b", "fit", "../x")),
    });
    fc.assert(
      fc.property(parts, (part) => {
        const document: JobDocument = { ...emptyDocument(bumpsApplication), ...part };
        const around = {
          application: bumpsApplication,
          clusters: [{ ...cluster, partitions: [] }],
          inputFaults: new Map(),
        };
        const faults = findFaults(document, around).filter(({ accepted }) => !accepted.startsWith("a name that"));
        const parsed = JobSubmission.safeParse(toSubmission(document, () => "01JVP000000000000000000000"));
        let isAccepted = parsed.success;
        try {
          if (parsed.success) renderJob({ ...parsed.data, inputs: document.inputs });
        } catch {
          isAccepted = false;
        }
        expect(faults.length === 0).toBe(isAccepted);
      }),
    );
  });

  it("points into the document: an input is its name there", () => {
    expect(pathOf("inputs.3.name")).toEqual(["inputs", 3]);
    expect(pathOf("inputs.3.upload")).toEqual(["inputs", 3]);
    expect(pathOf("parameters.arguments.0")).toEqual(["parameters", "arguments", 0]);
    expect(pathOf("")).toEqual([]);
  });
});
