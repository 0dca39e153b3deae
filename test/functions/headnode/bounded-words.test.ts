// Words in receipts: whatever they are, the receipt is taken.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutWords, fitting } from "../../../functions/headnode/bounded-words.ts";

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe("words that are told to the cloud", () => {
  it("take no more bytes than they may, are cut between characters, and stay as they are where they fit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.integer({ min: 3, max: 300 }), (text, most) => {
        const cut = cutWords(text, most);
        expect(bytesOf(cut) - 2).toBeLessThanOrEqual(most);
        if (bytesOf(text) - 2 <= most) expect(cut).toBe(text);
        else expect([...text].slice(0, [...cut].length - 1).join("")).toBe(cut.slice(0, -1));
      }),
    );
  });

  it.each(["失", '"', "\u0001", "😀", "x"])(
    "fit into a receipt of a thousand members that all say %j at length",
    (letter) => {
      const members = Array.from({ length: 1_000 }, (_, index) => ({ index, detail: letter.repeat(2_000) }));
      const receipt = fitting(800_000, (cut) => members.map(({ index, detail }) => ({ index, detail: cut(detail) })));
      expect(bytesOf(receipt)).toBeLessThanOrEqual(800_000);
      expect(receipt.every(({ detail }) => detail.startsWith(letter) && detail.length > 15)).toBe(true);
    },
  );
});
