// What a job asks for against what a partition has, gives to one job, and gives to whom.
import { describe, expect, it } from "vitest";
import { resourceIssues } from "../../../shared/application/resource-issues.ts";
import type { Partition } from "../../../shared/contract/catalogue.ts";
import type { Resources } from "../../../shared/contract/job.ts";

const short: Partition = {
  name: "short",
  default: true,
  nodes: 8,
  cpusPerNode: 16,
  memoryMbPerNode: 64_000,
  maxMinutes: 60,
};
const gpu: Partition = {
  ...short,
  name: "gpu",
  default: false,
  maxNodes: 2,
  gpusPerNode: 4,
  accounts: ["physics"],
  qos: ["normal", "long"],
};

const refused = (asked: Resources, ...partitions: Partition[]) =>
  resourceIssues(asked, partitions).map(({ field, accepted }) => [field.replace("resources.", ""), accepted]);

describe("what a job asks of a partition", () => {
  it("may be all that it has, of the default one where none is named", () => {
    const all: Resources = { nodes: 8, cpusPerTask: 16, memoryMb: 64_000, wallMinutes: 60, tasks: 8 };
    expect(refused(all, short, gpu)).toEqual([]);
    expect(refused({ partition: "gpu", nodes: 2, gpus: 4, account: "physics", qos: "long" }, short, gpu)).toEqual([]);
    expect(refused({ nodes: 1_000 })).toEqual([]);
    expect(refused({ partition: "long" }, short, gpu)).toEqual([["partition", "one of short, gpu"]]);
  });

  it("is not more than one job gets", () => {
    expect(refused({ partition: "gpu", nodes: 3, gpus: 5 }, short, gpu)).toEqual([
      ["nodes", "at most 2 nodes on partition gpu"],
      ["gpus", "at most 4 GPUs per node on partition gpu"],
    ]);
    expect(refused({ partition: "gpu", tasks: 33 }, gpu)).toEqual([["tasks", "at most 32 tasks on partition gpu"]]);
  });

  it("is refused for GPUs where it is known that there are fewer, not where the head node cannot tell", () => {
    expect(refused({ gpus: 8 }, short)).toEqual([]);
    expect(refused({ gpus: 1 }, { ...short, gpusPerNode: 0 })).toHaveLength(1);
  });

  it("is for the accounts and qualities of service that may use it, where these are limited", () => {
    expect(refused({ partition: "gpu", account: "biology", qos: "short" }, short, gpu)).toEqual([
      ["account", "one of physics on partition gpu"],
      ["qos", "one of normal, long on partition gpu"],
    ]);
    expect(refused({ account: "biology", qos: "short" }, short, gpu)).toEqual([]);
    expect(refused({ partition: "gpu" }, short, gpu)).toEqual([]);
  });

  it("is not of a partition that is down, and those that are up are named", () => {
    expect(refused({ partition: "gpu" }, short, { ...gpu, up: false })).toEqual([
      ["partition", "a partition that is up: short"],
    ]);
    expect(refused({}, { ...short, up: false })).toEqual([["partition", "a partition that is up; none is now"]]);
  });
});
