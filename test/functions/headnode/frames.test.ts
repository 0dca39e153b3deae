// Frames come through whole however the bytes are cut, and nothing over its bounds is taken in.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, maxBodyBytes } from "../../../functions/headnode/frames.ts";

describe("frames", () => {
  it("come through however the stream is cut", () => {
    const frame = fc.record({ head: fc.dictionary(fc.string(), fc.string()), body: fc.uint8Array({ maxLength: 300 }) });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map(({ head, body }) => encodeFrame(head, body)));
          const reader = new FrameReader();
          const found: { head: unknown; body: number[] }[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const cut = cuts[turn % cuts.length] ?? 1;
            for (const { head, body } of reader.push(bytes.subarray(at, at + cut)))
              found.push({ head, body: [...body] });
            at += cut;
          }
          expect(found).toEqual(
            frames.map(({ head, body }) => ({ head: JSON.parse(JSON.stringify(head)), body: [...body] })),
          );
        },
      ),
    );
  });

  it("are refused by their announced size, before anything is kept", () => {
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32BE(2, 0);
    sizes.writeUInt32BE(maxBodyBytes + 1, 4);

    expect(() => [...new FrameReader().push(sizes)]).toThrow(/accepted are/);
    expect(() => encodeFrame({}, Buffer.alloc(maxBodyBytes + 1))).toThrow(/accepted are/);
  });
});
