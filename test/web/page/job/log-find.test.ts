import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findAll, searchEarlier, searchLater } from "../../../../web/page/job/log-find.ts";
import { logText } from "../../../../web/page/job/log-text.ts";
import { windowBytes } from "../../../../web/page/job/log-window.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (text: string) => logText(bytesOf(text), 0, bytesOf(text).length);

/** A file of 2 GB that nobody holds: each line says where it begins; one of them has the word. */
const size = 2_000_000_000;
const lineLength = 100;
const fileWith = (word: string, line: number) => {
  const asked: number[] = [];
  const read = (from: number, to: number) => {
    asked.push(to - from);
    const first = Math.floor(from / lineLength);
    let text = "";
    for (let at = first; at * lineLength < to; at += 1)
      text += `${`line ${at} ${at === line ? word : ""}`.padEnd(lineLength - 1, ".")}\n`;
    return Promise.resolve(bytesOf(text.slice(from - first * lineLength, to - first * lineLength)));
  };
  return { read, asked };
};
const how = (read: (from: number, to: number) => Promise<Uint8Array>, query: string) => ({
  read,
  size,
  query,
  matchCase: false,
  onProgress: () => undefined,
  signal: new AbortController().signal,
});

describe("finding in a log", () => {
  it("finds words as they are, whatever they would mean in a pattern", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 20 }), (query, around) => {
        fc.pre(!/[\n\r]/.test(query + around));
        const text = { ...textOf("x"), lines: [`${around}${query}${around}`] };
        const found = findAll(text, query, true);
        expect(found.some(({ start, end }) => text.lines[0]?.slice(start, end) === query)).toBe(true);
      }),
    );
  });

  it("takes no notice of case unless asked to", () => {
    const text = textOf("Error\nerror ERROR\n");
    expect(findAll(text, "error", false).map(({ line, start }) => [line, start])).toEqual([
      [0, 0],
      [1, 0],
      [1, 6],
    ]);
    expect(findAll(text, "error", true)).toEqual([{ line: 1, start: 0, end: 5 }]);
    expect(findAll(text, "", false)).toEqual([]);
  });

  it("goes on through what lies before, window by window, and stops at the nearest", async () => {
    const wanted = 19_900_000;
    const { read, asked } = fileWith("needle", wanted);
    const found = await searchEarlier(size - windowBytes, how(read, "NEEDLE"));
    const match = found?.matches[found.at];
    expect(match && found?.text.starts[match.line]).toBe(wanted * lineLength);
    expect(Math.max(...asked)).toBeLessThanOrEqual(windowBytes);
    expect(asked.length).toBeLessThan(45);
  });

  it("goes on through what lies after, and says where there is nothing", async () => {
    const { read } = fileWith("needle", 5_000);
    const found = await searchLater(windowBytes, how(read, "needle"));
    const match = found?.matches[found.at];
    expect(match && found?.text.starts[match.line]).toBe(5_000 * lineLength);
    expect(await searchEarlier(windowBytes, how(read, "needle"))).toBeUndefined();
    expect(await searchLater(size - windowBytes, how(read, "needle"))).toBeUndefined();
  });

  it("finds words that lie across the edge of two windows", async () => {
    for (const shift of [2, 4, 7]) {
      const text = `${"a\n".repeat((2 * windowBytes) / 2)}`;
      const bytes = bytesOf(text);
      bytes.set(bytesOf("\nneedle\n"), bytes.length - windowBytes - shift);
      const read = (from: number, to: number) => Promise.resolve(bytes.slice(from, to));
      const asked = { ...how(read, "needle"), size: bytes.length };
      expect(await searchEarlier(bytes.length - windowBytes, asked), `${shift}`).toBeDefined();
      expect(await searchLater(bytes.length - windowBytes, asked), `${shift}`).toBeDefined();
    }
  });

  it("stops when told to", async () => {
    const { read, asked } = fileWith("needle", 1);
    const controller = new AbortController();
    const searching = searchEarlier(size, {
      ...how(read, "needle"),
      signal: controller.signal,
      onProgress: (bytes) => {
        if (bytes > 1_000_000) controller.abort();
      },
    });
    await expect(searching).rejects.toThrow();
    expect(asked.length).toBeLessThan(10);
  });
});
