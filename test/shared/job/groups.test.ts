// Forming groups, the rules of what is overdue, and tasks in turns.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  alikeKey,
  canonicalJson,
  formGroups,
  maxGroupBytes,
  maxGroupInputs,
  maxMembers,
  membersWithin,
} from "../../../shared/job/groups.ts";
import { inTurns } from "../../../shared/job/in-turns.ts";
import { backOff, nextAsking, silentSince, waits } from "../../../shared/job/overdue.ts";

const candidate = fc.record({
  alike: fc.constantFrom("a", "b", "c"),
  inputs: fc.integer({ min: 0, max: maxGroupInputs }),
  bytes: fc.integer({ min: 0, max: maxGroupBytes }),
});

test("every candidate is in exactly one group, of alike ones, in order, within the bounds", () => {
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 60 }), (candidates) => {
      const groups = formGroups(candidates);
      expect(new Set(groups.flat()).size).toBe(candidates.length);
      for (const group of groups) {
        expect(new Set(group.map((one) => one.alike)).size).toBe(1);
        expect(group.reduce((sum, one) => sum + one.inputs, 0)).toBeLessThanOrEqual(maxGroupInputs);
        expect(group.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThanOrEqual(maxGroupBytes);
      }
      for (const alike of ["a", "b", "c"]) {
        expect(groups.flat().filter((one) => one.alike === alike)).toEqual(
          candidates.filter((one) => one.alike === alike),
        );
      }
    }),
  );
});

test("2,500 alike jobs are three groups of at most 1,000", () => {
  const groups = formGroups(Array.from({ length: 2_500 }, () => ({ alike: "a", inputs: 0, bytes: 0 })));
  expect(groups.map((group) => group.length)).toEqual([maxMembers, maxMembers, 500]);
});

test.each([
  [501, 600, [501, 99]],
  [1_001, 1_500, [1_000, 500]],
  [undefined, 1_500, [1_000, 500]],
  [1, 3, [1, 1, 1]],
  [0, 3, [1, 1, 1]],
])("where MaxArraySize is %s, %i alike jobs are groups of %j", (maxArraySize, count, sizes) => {
  const alike = Array.from({ length: count }, () => ({ alike: "a", inputs: 0, bytes: 0 }));
  expect(formGroups(alike, membersWithin(maxArraySize)).map((group) => group.length)).toEqual(sizes);
});

test("alike is decided by what jobs have in common, whatever the order of their fields", () => {
  const alike = {
    person: "p",
    cluster: "c",
    account: "a",
    application: "script",
    version: "1",
    resources: { nodes: 1, tasks: 2 },
    script: "x",
    limits: { bytes: 1, files: 1 },
  };
  expect(alikeKey({ ...alike, resources: { tasks: 2, nodes: 1 } })).toBe(alikeKey(alike));
  expect(alikeKey({ ...alike, account: "b" })).not.toBe(alikeKey(alike));
  expect(alikeKey({ ...alike, resources: { nodes: 2, tasks: 1 } })).not.toBe(alikeKey(alike));
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
});

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const iso = (seconds: number) => at(seconds).toISOString();

/** Its head node described itself just before. */
const describedAt = iso(0);

test("a group that nobody acknowledged is submitted again, before anything is reported, at most one command in flight", () => {
  const groups = [
    { id: "new", acknowledged: false, newsAt: iso(0), settled: "0" },
    { id: "live", acknowledged: true, newsAt: iso(0), settled: "0" },
  ];
  const after = waits.acknowledgement + 1;
  expect(nextAsking({ asks: 0, describedAt }, groups, at(waits.acknowledgement - 1), 1)).toBeUndefined();
  expect(nextAsking({ asks: 0, describedAt }, groups, at(after), 1)).toEqual({ verb: "submit", groups: ["new"] });
  expect(nextAsking({ asks: 1, askedAt: iso(after), describedAt }, groups, at(after + 60), 1)).toBeUndefined();
  expect(
    nextAsking({ asks: 1, askedAt: iso(after), describedAt }, groups, at(after + waits.command + 1), 1)?.verb,
  ).toBe("submit");
});

test("a silent cluster is asked for a report less and less often; one that speaks is left alone", () => {
  const groups = [{ id: "live", acknowledged: true, newsAt: iso(0), settled: "0" }];
  const silent = { heardAt: iso(0), asks: 0, describedAt };
  expect(nextAsking(silent, groups, at(waits.heartbeat + 1), 1)).toEqual({ verb: "report", groups: ["live"] });
  expect(
    nextAsking({ heardAt: iso(waits.heartbeat), asks: 0, describedAt }, groups, at(waits.heartbeat + 1), 1),
  ).toBeUndefined();
  expect(nextAsking({ heardAt: iso(1_800), asks: 0, describedAt }, groups, at(waits.quietGroup + 1), 1)?.verb).toBe(
    "report",
  );
  const asked = { heardAt: iso(0), askedAt: iso(1_000), asks: 4, describedAt };
  expect(nextAsking(asked, groups, at(1_000 + backOff(4) - 1), 1)).toBeUndefined();
  expect(nextAsking(asked, groups, at(1_000 + backOff(4) + 1), 1)?.verb).toBe("report");
  expect(nextAsking(asked, groups, at(1_000 + backOff(4) / 20 + 1), 20)?.verb).toBe("report");
  expect([1, 2, 3, 4, 5, 6, 7, 50].map((asks) => backOff(asks) / 60)).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
});

test("what is to be cancelled and has not ended is asked for again, after submissions and before reports", () => {
  const live = { id: "live", acknowledged: true, newsAt: iso(0), settled: "010" };
  const cancels = (marks: string) => [{ ...live, cancels: marks, cancelSentAt: iso(0) }];
  const spoken = { heardAt: iso(waits.cancel), asks: 0, describedAt };
  expect(nextAsking(spoken, cancels("100"), at(waits.cancel - 1), 1)).toBeUndefined();
  expect(nextAsking(spoken, cancels("110"), at(waits.cancel + 1), 1)).toEqual({ verb: "cancel", groups: ["live"] });
  expect(nextAsking(spoken, cancels("010"), at(waits.cancel + 1), 1)).toBeUndefined();
  const lost = [...cancels("100"), { id: "new", acknowledged: false, newsAt: iso(0), settled: "0" }];
  expect(nextAsking(spoken, lost, at(waits.cancel + 1), 1)?.verb).toBe("submit");
  const silent = { heardAt: iso(0), asks: 0, describedAt };
  expect(nextAsking(silent, cancels("100"), at(waits.cancel + 1), 1)?.verb).toBe("cancel");
});

test("of several that are due each gets its turn, though one of them comes to no end", () => {
  const stuck = { id: "stuck", acknowledged: false, newsAt: iso(0), settled: "0" };
  const wanted = { id: "live", acknowledged: true, newsAt: iso(0), settled: "0", cancels: "1", cancelSentAt: iso(0) };
  const far = at(100_000);
  const next = (askedVerb?: "submit" | "cancel" | "report") =>
    nextAsking({ asks: 3, askedAt: iso(0), askedVerb, describedAt }, [stuck, wanted], far, 1);
  expect(next()).toEqual({ verb: "submit", groups: ["stuck"] });
  expect(next("submit")).toEqual({ verb: "cancel", groups: ["live"] });
  expect(next("cancel")).toEqual({ verb: "report", groups: ["live"] });
  expect(next("report")).toEqual({ verb: "submit", groups: ["stuck"] });
  expect(nextAsking({ asks: 3, askedAt: iso(0), askedVerb: "submit", describedAt }, [stuck], far, 1)?.verb).toBe(
    "submit",
  );
});

test("a cluster that has not described itself for long is asked to, where nothing else is due", () => {
  const describe = { verb: "report", groups: [] };
  expect(nextAsking({ asks: 0 }, [], at(0), 1)).toEqual(describe);
  expect(nextAsking({ asks: 0, describedAt }, [], at(waits.description - 1), 1)).toBeUndefined();
  expect(nextAsking({ asks: 0, describedAt }, [], at(waits.description + 1), 1)).toEqual(describe);
  const asked = { asks: 2, askedAt: iso(waits.command), unansweredSince: iso(0) };
  expect(nextAsking(asked, [], at(waits.command + 1), 1)).toBeUndefined();
  expect([waits.silence - 1, waits.silence + 1].map((now) => silentSince(asked, at(now), 1))).toEqual([
    undefined,
    iso(0),
  ]);
  expect(silentSince({ ...asked, heardAt: iso(waits.command + 1) }, at(waits.silence + 1), 1)).toBeUndefined();
});

test("tasks in turns keep the order and never exceed their number", async () => {
  let running = 0;
  let most = 0;
  const results = await inTurns([5, 1, 4, 2, 3], 2, async (value) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, value));
    running -= 1;
    return value * 2;
  });
  expect(results).toEqual([10, 2, 8, 4, 6]);
  expect(most).toBe(2);
});
