import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseParameters } from "../../../../web/page/viewers/parse-parameters.ts";

const fixtures = path.resolve(import.meta.dirname, "../../../fixtures/parameters");
const real = (name: string) => parseParameters(readFileSync(path.join(fixtures, name), "utf8"));
const rows = (text: string): string[] =>
  (parseParameters(text)?.parameters ?? []).map(({ group, name, value }) => `${group}|${name}|${value}`);

describe("a file of parameters", () => {
  it("is read as CGYRO, TGLF and GX write it", () => {
    const cgyro = real("input.cgyro");
    expect(cgyro?.faults).toEqual([]);
    expect(cgyro?.parameters).toHaveLength(49);
    expect(cgyro?.parameters.find((one) => one.name === "MASS_2")?.value).toBe("0.0002724486");
    const tglf = real("input.tglf.gen");
    expect(tglf?.parameters.find((one) => one.name === "THETA_TRAPPED")?.value).toBe("0.7");
    const gx = real("gx.in");
    expect(gx?.faults).toEqual([]);
    expect(gx?.parameters.find((one) => one.name === "z")).toMatchObject({ group: "species", value: "[ 1.0, -1.0,]" });
    expect(gx?.parameters.find((one) => one.name === "scheme")?.value).toBe('"rk4"');
    expect(gx?.parameters.some((one) => one.name === "t_max")).toBe(false);
  });

  it("has Fortran's groups, lists over several lines, several on a line, quotes and remarks", () => {
    const text = `&parallelization
n_procs_s = 1, n_procs_w=2 ! a remark
/
&species
 name = 'ions / "main" = !x'
 omt(1:3) = 1.0D0, 2*0.5,
   0.25
 x%y = .true. /
&end_of_it  lx = 5. /
$old a=1 $end
`;
    expect(rows(text)).toEqual([
      "parallelization|n_procs_s|1",
      "parallelization|n_procs_w|2",
      `species|name|'ions / "main" = !x'`,
      "species|omt(1:3)|1.0D0, 2*0.5, 0.25",
      "species|x%y|.true.",
      "end_of_it|lx|5.",
      "old|a|1",
    ]);
  });

  it("tells of a group that is cut off", () => {
    expect(parseParameters("&box\n nx = 16\n ny = 8")?.faults).toEqual([
      { line: 1, what: "&box is not closed by a slash: the file may be cut off" },
    ]);
  });

  it("is not made of prose, programs or tables", () => {
    for (const text of [
      "",
      "Dear all,\nthe beam was off.\nYours\n",
      "def f(x):\n    return x == 1\n\nprint(f(2))\nfor i in range(3): pass\n",
      "1 2 3\n4 5 6\n",
    ])
      expect(parseParameters(text), text).toBeUndefined();
  });

  it("gives back what was written into a namelist", () => {
    const value = fc.oneof(
      fc.integer().map(String),
      fc.string().map((text) => `'${text.replaceAll(/[\r\n]/g, "").replaceAll("'", "''")}'`),
      fc.constantFrom(".true.", "1.0D-3", "3*0.5"),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 10 }), (list) => {
        const text = `&group\n${list.map((one, index) => `  p${index} = ${one}`).join("\n")}\n/\n`;
        expect(rows(text)).toEqual(list.map((one, index) => `group|p${index}|${one}`));
      }),
    );
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("a", "=", "&", "/", "'", "[", "]", "\n", " ", "!", "1", ",", "$", "("),
          maxLength: 120,
        }),
        (text) => void parseParameters(text),
      ),
      { numRuns: 1_000 },
    );
  });
});
