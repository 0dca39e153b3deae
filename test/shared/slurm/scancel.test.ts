// scancel's words: members of an array are named without any filter.
import { expect, test } from "vitest";
import { readScancel, scancelArgv } from "../../../shared/slurm/scancel.ts";

test("names a whole job by id, and by its name where that is known", () => {
  expect(scancelArgv({ id: "12" })).toEqual(["12"]);
  expect(scancelArgv({ id: "12", name: "headgate-x" })).toEqual(["--name=headgate-x", "12"]);
});

test("names members in one word", () => {
  expect(scancelArgv({ id: "12", indices: [3] })).toEqual(["12_[3]"]);
  expect(scancelArgv({ id: "12", indices: [7, 0, 1, 2] })).toEqual(["12_[0-2,7]"]);
});

test("takes an id that is gone for done, and anything else that fails for undone", () => {
  const gone = "scancel: error: Kill job error on job id 2: Invalid job id specified\n";
  expect(readScancel({ code: 1, stdout: "", stderr: gone })).toMatchObject({ ok: true });
  expect(readScancel({ code: 0, stdout: "", stderr: "" })).toMatchObject({ ok: true });
  const away = "scancel: error: Unable to contact slurm controller (connect failure)\n";
  expect(readScancel({ code: 1, stdout: "", stderr: away })).toMatchObject({ ok: false });
  expect(readScancel({ code: null, stdout: "", stderr: "" })).toMatchObject({ ok: false });
});
