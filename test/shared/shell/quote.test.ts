// Words survive a real shell: what is quoted comes back byte for byte.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign, quote, quoteWords } from "../../../shared/shell/quote.ts";

/** What a real sh makes of a script, its output split at NUL bytes. */
const shell = (script: string): string[] =>
  execFileSync("/bin/sh", ["-s"], { input: script, env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", HOME: "/nowhere" } })
    .toString("utf8")
    .split("\0")
    .slice(0, -1);

const nasty = fc.constantFrom(...("'\"`$\\ \n\t*?[]{}()<>|&;!#~=-%^\r\u0001\u007fé世😀a0".match(/./gsu) ?? []));
const word = fc.oneof(
  fc.string({ unit: nasty, maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !text.includes("\0") && text.isWellFormed()),
);

describe("shell words", () => {
  it("come back from a real shell exactly as they were", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        expect(shell(`printf '%s\\0' ${quoteWords(words)}`)).toEqual(words);
      }),
      { numRuns: 150 },
    );
  });

  it("keep their text in an assignment", () => {
    fc.assert(
      fc.property(word, (text) => {
        expect(shell(`${assign("kept", text)}\nprintf '%s\\0' "$kept"`)).toEqual([text]);
      }),
      { numRuns: 100 },
    );
  });

  it("run nothing, not even as the first word of a line", () => {
    for (const text of ["$(exit 9)", "`id`", "a=b", "x; touch /nowhere", "-n", "~root", "#", "!", "&", ""])
      expect(shell(`for word in ${quote(text)}; do printf '%s\\0' "$word"; done`)).toEqual([text]);
  });

  it("stay as they are where nothing needs quoting", () => {
    expect(quote("/usr/bin/python3")).toBe("/usr/bin/python3");
    expect(quote("it's")).toBe("'it'\\''s'");
  });

  it("refuse what no Unix argument can hold", () => {
    expect(() => quote("a\0b")).toThrow(/NUL/);
    expect(() => quote("\ud800")).toThrow(/well-formed/);
    expect(() => assign("a b", "c")).toThrow(/shell variable/);
  });
});
