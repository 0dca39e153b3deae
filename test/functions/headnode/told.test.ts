import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ToldStates } from "../../../functions/headnode/told.ts";
import type { MemberState } from "../../../shared/headnode/receipt.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "told-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const member = (index: number, state: MemberState["state"], source: MemberState["source"] = "squeue"): MemberState => ({
  index,
  job: "01JZ0000000000000000000001",
  attempt: 1,
  state,
  source,
});

describe("what the cloud was told", () => {
  it("is no news again, be it by another witness or to a watch that starts anew", () => {
    const told = new ToldStates(folder);
    expect(told.news([member(0, "running"), member(1, "queued")])).toHaveLength(2);
    told.wasTold([member(0, "running"), member(1, "queued")]);
    const again = new ToldStates(folder);
    expect(again.news([member(0, "running", "jobcomp"), member(1, "running")])).toEqual([member(1, "running")]);
  });

  it("stays as it is once it is final", () => {
    const told = new ToldStates(folder);
    told.endsWereTold([member(0, "succeeded")]);
    expect(told.news([member(0, "collecting")])).toEqual([]);
    told.wasTold([member(0, "collecting"), member(1, "running")]);
    expect(new ToldStates(folder).members).toEqual([member(0, "succeeded"), member(1, "running")]);
  });
});
