// IAM's wildcards against a plain reference.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM writes its variables so
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, fits, fitsArn } from "../../../../infra/local/iam/wildcard.ts";

/** Slow and obvious: the definition of * and ?, letter by letter. */
function reference(pattern: string[], text: string[]): boolean {
  const [piece, ...rest] = pattern;
  if (piece === undefined) return text.length === 0;
  if (piece === "*") return reference(rest, text) || (text.length > 0 && reference(pattern, text.slice(1)));
  return text.length > 0 && (piece === "?" || piece === text[0]) && reference(rest, text.slice(1));
}

const letters = (alphabet: string[], maxLength: number) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength }).map((parts) => parts.join(""));

describe("a wildcard pattern", () => {
  it("fits exactly what the reference fits", () => {
    fc.assert(
      fc.property(letters(["a", "b", ".", "*", "?"], 8), letters(["a", "b", ".", "é", "😀"], 9), (pattern, text) => {
        expect(fits(compile(pattern, undefined), text)).toBe(reference([...pattern], [...text]));
      }),
      { numRuns: 3000 },
    );
  });

  it("fits every text that it was made from", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.boolean())), (parts) => {
        const text = parts.map(([part]) => part).join("");
        const pattern = parts.map(([part, hidden]) => (hidden ? "*" : part.replace(/[*?]/g, "?"))).join("");
        expect(fits(compile(pattern, undefined), text)).toBe(true);
      }),
    );
  });

  it("is no regular expression", () => {
    expect(fits(compile("a.c", undefined), "abc")).toBe(false);
    expect(fits(compile("[ab]+", undefined), "[ab]+")).toBe(true);
  });

  it("takes its time on hostile patterns in proportion", () => {
    expect(fits(compile(`${"a*".repeat(500)}c`, undefined), "a".repeat(2000))).toBe(false);
  });

  it("puts variables in as plain text, in its own version only", () => {
    const lookup = (key: string) => ({ "aws:username": "a*b" })[key];
    expect(fits(compile("home/${aws:username}", lookup), "home/a*b")).toBe(true);
    expect(fits(compile("home/${aws:username}", lookup), "home/axb")).toBe(false);
    expect(fits(compile("${*}${?}${$}", lookup), "*?$")).toBe(true);
    expect(fits(compile("${aws:team, 'none'}", lookup), "none")).toBe(true);
    expect(fits(compile("${aws:username}", undefined), "${aws:username}")).toBe(true);
    expect(() => compile("${aws:team}", lookup)).toThrow("aws:team");
  });
});

describe("an ARN pattern", () => {
  const arn = "arn:aws:s3:eu-west-1:000000000000:bucket/a:b/c";
  it.each([
    ["*", true],
    [arn, true],
    ["arn:aws:s3:*:*:bucket/*", true],
    ["arn:aws:s3", true],
    ["arn:aws:s3:*:bucket/*", false],
    ["arn:*:bucket/a:b/c", false],
    ["arn:aws:sqs:*", false],
    ["arn:aws:s3:eu-west-1:000000000000:bucket/a:b/?", true],
    ["ARN:aws:s3:eu-west-1:000000000000:bucket/a:b/c", false],
  ])("%s: %s", (pattern, expected) => {
    expect(fitsArn(compile(pattern, undefined), arn)).toBe(expected);
  });

  it("names no call without a resource unless it is *", () => {
    expect(fitsArn(compile("*", undefined), "*")).toBe(true);
    expect(fitsArn(compile("arn:aws:ssm:*", undefined), "*")).toBe(false);
  });
});
