import { describe, expect, it } from "vitest";
import { minutesWords, partitionWords, typedNumber } from "../../../../web/page/new-job/resource-fields.ts";

describe("the resources of a new job", () => {
  it("are numbers where they are typed as such, and what was typed where not", () => {
    expect(["", " ", " 12 ", "0", "1.5", "-1", "2h", "9".repeat(16)].map(typedNumber)).toEqual([
      undefined,
      undefined,
      12,
      0,
      "1.5",
      "-1",
      "2h",
      "9".repeat(16),
    ]);
  });

  it("are said in words", () => {
    expect([0, 30, 60, 150, 1_440, 1_501].map(minutesWords)).toEqual([
      "0 min",
      "30 min",
      "1 h",
      "2 h 30 min",
      "1 d",
      "1 d 1 h 1 min",
    ]);
    const partition = { name: "p", default: true, nodes: 1, cpusPerNode: 8, memoryMbPerNode: 16_000 };
    expect(partitionWords(partition)).toBe("1 node of 8 CPUs and 16.0 GB");
    expect(partitionWords({ ...partition, nodes: 2, maxMinutes: 60 })).toBe(
      "2 nodes of 8 CPUs and 16.0 GB, at most 1 h",
    );
  });
});
