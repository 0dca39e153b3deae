import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastLines } from "../../../../web/page/job/last-lines.ts";
import { logRows } from "../../../../web/page/job/log-rows.ts";
import { lineAt, logText, longestLine, looksBinary } from "../../../../web/page/job/log-text.ts";
import { endOf, heldBytes, windowOf, withEarlier, withLater } from "../../../../web/page/job/log-window.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (text: string) => logText(bytesOf(text), 0, bytesOf(text).length);

describe("a log's text", () => {
  it("has its lines, with and without a last newline, and Windows' line ends", () => {
    expect(textOf("a\nb\n").lines).toEqual(["a", "b"]);
    expect(textOf("a\nb").lines).toEqual(["a", "b"]);
    expect(textOf("a\r\n\r\nb\r\n").lines).toEqual(["a", "", "b"]);
    expect(textOf("").lines).toEqual([]);
    expect(textOf("\n\n").starts).toEqual([0, 1, 2]);
  });

  it("shows what a terminal would leave of a progress bar", () => {
    expect(textOf("start\n 10 %\r 50 %\r100 %\ndone\n").lines).toEqual(["start", "100 %", "done"]);
    expect(textOf("99 %\r100 %\r").lines).toEqual(["100 %"]);
  });

  it("leaves out half characters at its edges, wherever a window is cut", () => {
    const whole = "grün €uro 🎉 日本\nzwei Zeilen ß\n";
    const bytes = bytesOf(whole);
    for (let from = 0; from < bytes.length; from += 1)
      for (let to = from; to <= bytes.length; to += 1) {
        const { lines } = logText(bytes.subarray(from, to), from, bytes.length);
        for (const line of lines) expect(whole).toContain(line);
      }
  });

  it("shows bytes that are no text as signs, and says that it is none", () => {
    const bytes = Uint8Array.from([0, 1, 2, 255, 254, 10, 7, 127, 200]);
    const text = logText(bytes, 0, bytes.length);
    expect(text.lines).toEqual(["␀␁␂\ufffd\ufffd", "␇␡\ufffd"]);
    expect(looksBinary(text)).toBe(true);
    expect(looksBinary(textOf("plain\twords ü\n"))).toBe(false);
  });

  it("cuts a line of more than 10,000 characters and counts the rest", () => {
    const text = textOf(`${"x".repeat(longestLine + 5)}\nshort`);
    expect([text.lines[0]?.length, text.cut.get(0), text.lines[1]]).toEqual([longestLine, 5, "short"]);
    const torn = textOf(`${"x".repeat(longestLine - 1)}🎉🎉`);
    expect([torn.lines[0]?.length, torn.cut.get(0)]).toEqual([longestLine - 1, 4]);
  });

  it("colours by ANSI, over line ends, and drops every other escape sequence", () => {
    const text = textOf("\x1b[31mred\nstill\x1b[0m not\n\x1b]0;title\x07\x1b[2K\x1b[1;38;2;1;2;3mx\x1b[m<b>&\x1b[");
    expect(text.lines).toEqual(["red", "still not", "x<b>&"]);
    expect(text.colours.get(0)).toEqual([{ text: "red", fg: "red" }]);
    expect(text.colours.get(1)).toEqual([{ text: "still", fg: "red" }, { text: " not" }]);
    expect(text.colours.get(2)).toEqual([{ text: "x", fg: "rgb(1,2,3)", bold: true }, { text: "<b>&" }]);
  });

  it("keeps the words of a link and of whatever comes after a broken sequence", () => {
    expect(textOf("see \x1b]8;;https://x.example\x1b\\here\x1b]8;;\x1b\\ now").lines).toEqual(["see here now"]);
    expect(textOf("a\x1b[38é b\x1b(Bc\x1b7d").lines[0]).toBe("aé bcd");
  });

  it("never loses or makes text but by its rules, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = logText(bytes, 0, bytes.length);
        const newlines = bytes.filter((byte) => byte === 10).length;
        const open = bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0;
        expect(text.lines.length).toBe(newlines + open);
        expect(text.starts.length).toBe(text.lines.length + 1);
        for (const [index, segments] of text.colours)
          expect(segments.map((segment) => segment.text).join("")).toBe(text.lines[index]);
        for (const line of text.lines) expect(line).not.toMatch(/[^\P{Cc}\t]/u);
      }),
      { numRuns: 300 },
    );
  });

  it("shows printable text without escapes exactly as it is", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 20 }), (words) => {
        const lines = words.map((word) => word.toWellFormed().replaceAll(/[\p{Cc}\ufeff]/gu, ""));
        expect(textOf(lines.map((line) => `${line}\n`).join("")).lines).toEqual(lines);
      }),
    );
  });

  it("finds the line of a place", () => {
    const text = textOf("ab\ncd\n\nef");
    expect([0, 2, 3, 6, 7, 8, 99].map((place) => lineAt(text, place))).toEqual([0, 0, 1, 2, 3, 3, 3]);
  });
});

describe("the piece of a log that is held", () => {
  it("grows at either end, holds at most three windows, and keeps count of the lines", () => {
    const file = bytesOf(Array.from({ length: 300_000 }, (_, index) => `line ${index + 1}\n`).join(""));
    const step = 200_000;
    let held = windowOf(0, file.subarray(0, step));
    while (endOf(held) < file.length) held = withLater(held, file.subarray(endOf(held), endOf(held) + step));
    while (held.from > 0) {
      expect(held.bytes.length).toBeLessThanOrEqual(heldBytes);
      const { lines } = logText(held.bytes, held.from, file.length);
      expect(lines[1]).toBe(`line ${(held.firstLine ?? 0) + 1}`);
      held = withEarlier(held, file.slice(Math.max(0, held.from - step), held.from));
    }
    expect(held.firstLine).toBe(1);
  });

  it("does not know the lines' numbers in the midst of a file, and learns them at its start", () => {
    const file = bytesOf("one\ntwo\nthree\n");
    const held = windowOf(5, file.subarray(5));
    expect(held.firstLine).toBeUndefined();
    expect(withEarlier(held, file.subarray(0, 5)).firstLine).toBe(1);
  });
});

describe("the rows of a log", () => {
  it("hold every character once, in order, whatever the width", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", maxLength: 60 }), { maxLength: 10 }),
        fc.integer({ min: 10, max: 30 }),
        (words, width) => {
          const text = textOf(words.map((word) => `${word.toWellFormed().replaceAll("\n", " ")}\n`).join(""));
          const rows = logRows(text, width);
          const shown = text.lines.map(() => "");
          for (let row = 0; row < rows.count; row += 1) {
            const { line, from, to } = rows.at(row);
            const piece = text.lines[line]?.slice(from, to) ?? "";
            expect(piece.isWellFormed()).toBe(true);
            shown[line] += piece;
            expect(rows.rowOf(line, from + 1)).toBe(row);
          }
          expect(shown).toEqual(text.lines);
        },
      ),
    );
  });

  it("are one for each line where nothing is wrapped", () => {
    const rows = logRows(textOf("a\n\nlonger\n"), undefined);
    expect([rows.count, rows.at(2)]).toEqual([3, { line: 2, from: 0, to: 6 }]);
  });
});

describe("the last lines of a log", () => {
  const log = bytesOf(Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join(""));
  const shown = (from: number) => {
    const tail = lastLines(log.subarray(from), from, log.length, 30);
    return { ...tail, words: tail.lines.map((line) => tail.text.lines[line]) };
  };

  it("are as many as were asked for, and whole", () => {
    const tail = shown(log.length - 400);
    expect([tail.words.length, tail.words[0], tail.words.at(-1), tail.complete]).toEqual([
      30,
      "line 71",
      "line 100",
      true,
    ]);
  });

  it("are too few where the bytes hold no more, and say so", () => {
    const tail = shown(log.length - 20);
    expect([tail.words, tail.complete]).toEqual([["line 99", "line 100"], false]);
  });

  it("are all where there are no more", () => {
    const bytes = bytesOf("only\n\n\n");
    const tail = lastLines(bytes, 0, bytes.length, 30);
    expect([tail.lines.length, tail.complete, tail.whole]).toEqual([1, true, true]);
  });

  it("are one, cut, where the file is a single endless line", () => {
    const bytes = bytesOf("x".repeat(50_000));
    const tail = lastLines(bytes, 1_000_000, 1_050_000, 30);
    expect([tail.lines.length, tail.text.lines[0]?.length, tail.text.cut.get(0)]).toEqual([1, 2_000, 48_000]);
  });
});
