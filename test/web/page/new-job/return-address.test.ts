// The way back after submitting: to the listed origins exactly, however an address is dressed up.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { returnAddress, withJob } from "../../../../web/page/new-job/return-address.ts";

const good = "https://good.example";
const origins = [good, "http://127.0.0.1:8080"];

describe("the return address", () => {
  it.each([
    good,
    `${good}/`,
    `${good}/runs/7?beam=1#top`,
    `${good}?a`,
    "http://127.0.0.1:8080/x",
    `${good}//evil.example`,
    `${good}/@evil.example`,
  ])("may be %s", (text) => {
    const read = returnAddress(text, origins);
    expect(read).toMatchObject({ allowed: true });
    expect(read.allowed && origins.includes(new URL(read.url).origin)).toBe(true);
  });

  it.each([
    "",
    "/",
    "//evil.example",
    "//good.example",
    "///good.example",
    "\\\\evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https:/good.example",
    "https:\\\\good.example",
    "https://evil.example",
    "https://good.example.evil.example",
    "https://good.evil",
    "https://evil.example/https://good.example",
    "https://evil.example?https://good.example",
    "https://good.example@evil.example",
    "https://user@good.example",
    "https://user:secret@good.example",
    "https://good.example:443",
    "https://good.example:8443",
    "https://good.example.",
    "https://GOOD.example",
    "https://g\u043e\u043ed.example",
    "https://good%2eexample",
    "https://good.example%00.evil.example",
    "https://good.example\\@evil.example",
    "https://evil.example\\@good.example",
    "https://good.example\\.evil.example",
    "https://good.exam\tple",
    "https://good.exam\nple",
    " https://good.example",
    "https://good.example ",
    "\u0000https://good.example",
    "http://good.example",
    "HTTPS://good.example",
    "javascript:alert(1)",
    "javascript://good.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "blob:https://good.example/1",
    "view-source:https://good.example",
    "ftp://good.example",
    "good.example",
    "null",
    "about:blank",
    `https://good.example/${"x".repeat(5_000)}`,
  ])("may not be %j", (text) => {
    expect(returnAddress(text, origins)).toEqual({ allowed: false, why: expect.stringMatching(/./) });
  });

  it("is none where the operator lists no origin, nor for an origin that is no address", () => {
    expect(returnAddress(`${good}/`, [])).toMatchObject({ allowed: false });
    expect(returnAddress("file:///etc/passwd", ["null"])).toMatchObject({ allowed: false });
  });

  it("leads to a listed origin whatever comes before and after it", () => {
    const piece = fc.constantFrom(
      "https:",
      "//",
      "/",
      "\\",
      "@",
      ".",
      ":",
      "#",
      "?",
      "good.example",
      "evil.example",
      "%2f",
      "\t",
      "x",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const read = returnAddress(pieces.join(""), [good]);
        if (!read.allowed) return;
        expect(new URL(read.url).origin).toBe(good);
        expect(new URL(withJob(read.url, "01JD")).origin).toBe(good);
      }),
      { numRuns: 5_000 },
    );
  });

  it("is given the job, in place of what was said of one before, and is left alone otherwise", () => {
    expect(withJob(`${good}/a?x=%20y&z#here`, "01J")).toBe(`${good}/a?x=%20y&z&job=01J&state=submitted#here`);
    expect(withJob(good, "01J")).toBe(`${good}/?job=01J&state=submitted`);
    expect(new URL(withJob(`${good}/?job=1&state=failed&a=b`, "01J")).search).toBe("?a=b&job=01J&state=submitted");
  });
});
