// The text of a log's end: whole characters, and a size from which the next look goes on.
import fc from "fast-check";
import { expect, it } from "vitest";
import { liveText } from "../../../functions/headnode/live-text.ts";

const texts = fc.string({ unit: fc.constantFrom("a", "é", "世", "😀", "\n", "\u0000") });

it("cuts no character of a text at either end, wherever the bytes begin and end", () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(), (text, a, b) => {
      const bytes = Buffer.from(text);
      const [from, to] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y) as [number, number];
      const live = liveText(from, bytes.subarray(from, to));

      expect(live.text).not.toContain("\uFFFD");
      expect(Buffer.from(live.text)).toEqual(bytes.subarray(live.from, live.size));
      expect(live.from - from).toBeLessThanOrEqual(3);
      expect(to - live.size).toBeLessThanOrEqual(3);
    }),
  );
});

it("takes any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 9 }), (bytes, from) => {
      const live = liveText(from, bytes);

      expect(live.from).toBeGreaterThanOrEqual(from);
      expect(live.size).toBeLessThanOrEqual(from + bytes.length);
      expect(live.size).toBeGreaterThanOrEqual(Math.min(live.from, from + bytes.length));
    }),
  );
});

it("gives what is no UTF-8 as what it is, and keeps a mark at the beginning", () => {
  expect(liveText(0, Buffer.from([0x61, 0xff, 0x62]))).toEqual({ from: 0, size: 3, text: "a\uFFFDb" });
  expect(liveText(0, Buffer.from("\uFEFFa"))).toEqual({ from: 0, size: 4, text: "\uFEFFa" });
  expect(liveText(0, Buffer.from([0x80, 0x61]))).toEqual({ from: 0, size: 2, text: "\uFFFDa" });
});
