// What a failed job said last, fit to be quoted to a person.
import fc from "fast-check";
import { expect, it } from "vitest";
import { lastLine } from "../../../functions/headnode/last-line.ts";

it("is the last line that is not blank", () => {
  expect(lastLine("first\nsecond \n\n  \n")).toBe("second");
  expect(lastLine("10 %\r20 %\rno space left")).toBe("no space left");
  for (const text of ["", "\n \r\n", "\u001b[0m\n"]) expect(lastLine(text)).toBeUndefined();
});

it("has no colours, no control characters and nothing that turns text around", () => {
  expect(lastLine("\u001b[1;31mError:\u001b[0m bad \u001b]0;title\u0007file\u0000\u202Ex\n")).toBe(
    "Error: bad file  x",
  );
});

it("is short, well-formed and the same again, whatever the text is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      const line = lastLine(text);
      if (line === undefined) return;

      expect([...line].length).toBeLessThanOrEqual(300);
      expect(line.isWellFormed()).toBe(true);
      expect(line).not.toMatch(/\p{Cc}/u);
      expect(lastLine(line)).toBe(line);
    }),
  );
});
