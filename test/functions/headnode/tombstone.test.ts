// The tombstone of a group: it only grows, and the first instant counts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bury, readTombstone, takenBackAt } from "../../../functions/headnode/tombstone.ts";

const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-tombstone-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const times = () => [0, 1, 2].map((index) => takenBackAt(readTombstone(folder), index));

test("names the members that were taken back, each since it first was", () => {
  expect(times()).toEqual([undefined, undefined, undefined]);
  bury(folder, [1], at(1));
  bury(folder, [1, 2], at(2));
  expect(times()).toEqual([undefined, at(1), at(2)]);
});

test("of all names everyone, and those before since before", () => {
  bury(folder, [1], at(1));
  bury(folder, undefined, at(2));
  bury(folder, [0], at(3));
  bury(folder, undefined, at(4));
  expect(times()).toEqual([at(2), at(1), at(2)]);
});
