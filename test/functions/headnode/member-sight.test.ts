import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemberSight } from "../../../functions/headnode/member-sight.ts";

const group = "01JZ0000000000000000000000";
const member = { index: 3, job: "01JZ0000000000000000000001", attempt: 1 };
const claim = (start: string, began = 1_700_000_000) =>
  `headgate-${group}-0123456789abcdef0123 17 ${start} ${began} node-1`;
const end = (start: string, code: number) => `${start} ${code} 1700000000 1700000005`;
const started = (...records: readonly (readonly ["claim" | "end", string])[]) => {
  const sight = new MemberSight(member);
  for (const [kind, text] of records) kind === "claim" ? sight.readClaim(text, group) : sight.readEnd(text);
  return sight;
};

describe("a member's records", () => {
  it("give the end of the start that holds the claim, in whatever order and number they are read", () => {
    const records = [
      ["claim", claim("a.1")],
      ["end", end("a.1", 0)],
      ["end", end("b.2", 114)],
      ["end", end("c.3", 1)],
    ] as const;
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...records], { minLength: 4 }),
        fc.array(fc.constantFrom(...records)),
        (all, more) => {
          expect(started(...all, ...more).end?.code).toBe(0);
        },
      ),
    );
  });

  it("tell no end before the claim is there", () => {
    expect(started(["end", end("a.1", 0)]).end).toBeUndefined();
  });

  it("of another group, or not of their form, change nothing", () => {
    const other = claim("a.1").replace(group, "01JZ0000000000000000000009");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant(other), fc.constant(`${claim("a.1")} more words`)), (text) => {
        const sight = started(["claim", text], ["end", text]);
        expect(sight.claim).toBeUndefined();
        expect(sight.end).toBeUndefined();
      }),
    );
  });

  it("whose node is no node's name are taken without it", () => {
    const sight = started(["claim", claim("a.1").replace("node-1", "$(id)")]);
    expect(sight.claim).toMatchObject({ start: "a.1", beganAtMs: 1_700_000_000_000, node: undefined });
  });
});

describe("what a round sees of a member", () => {
  const row = { id: "7", index: undefined, uid: 1001, name: "n", state: "RUNNING", source: "squeue" } as const;

  it("counts silence from the first denial on, and from anew once Slurm knew it again", () => {
    const sight = new MemberSight(member);
    const denied = (now: number) => sight.look(undefined, { denied: true, stopped: false, now });
    denied(1_000);
    denied(5_000);
    expect(sight.deniedForMs(6_000)).toBe(5_000);
    sight.look(undefined, { denied: false, stopped: false, now: 7_000 });
    expect(sight.deniedForMs(8_000)).toBe(7_000);
    sight.look(row, { denied: false, stopped: false, now: 9_000 });
    expect(sight.deniedForMs(9_000)).toBe(0);
    denied(10_000);
    expect(sight.deniedForMs(11_000)).toBe(1_000);
  });

  it("counts an end, and a stop by its node, only as long as each round says so", () => {
    const sight = new MemberSight(member);
    sight.look({ ...row, state: "COMPLETED" }, { denied: false, stopped: true, now: 1_000 });
    expect([sight.endedForMs(3_000), sight.stoppedForMs(3_000)]).toEqual([2_000, 2_000]);
    sight.look(row, { denied: false, stopped: false, now: 4_000 });
    expect([sight.endedForMs(5_000), sight.stoppedForMs(5_000)]).toEqual([0, 0]);
  });

  it("lets a start that Slurm forgot run for the time that it was given, and a minute", () => {
    const sight = started(["claim", claim("a.1")]);
    const at = (minutes: number) => 1_700_000_000_000 + minutes * 60_000;
    expect(sight.mayStillRun(10, at(10))).toBe(true);
    expect(sight.mayStillRun(10, at(11))).toBe(false);
    expect(sight.mayStillRun(undefined, at(1))).toBe(false);
  });
});
