import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseView } from "../../../../web/page/viewers/choose-view.ts";
import { readJson } from "../../../../web/page/viewers/json-text.ts";
import { hexLines, sniff } from "../../../../web/page/viewers/sniff.ts";

const fixtures = path.resolve(import.meta.dirname, "../../../fixtures");
const real = (name: string): Uint8Array => readFileSync(path.join(fixtures, name));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const kind = (name: string, body: string | Uint8Array): string =>
  chooseView(name, typeof body === "string" ? bytes(body) : body).kind;

describe("the view of a file", () => {
  it("is that of what it is, for what real programs leave", () => {
    expect(kind("fit/line.dat", real("bumps/line-dream/line.dat"))).toBe("table");
    expect(kind("fit/line.par", real("bumps/line-dream/line.par"))).toBe("table");
    expect(kind("fit/line.err", real("bumps/line-dream/line.err"))).toBe("text");
    expect(kind("fit/line.mon", real("bumps/line-dream/line.mon"))).toBe("text");
    expect(kind("fit/line-err.json", real("bumps/line-dream/line-err.json"))).toBe("json");
    expect(kind("fit/line-corr.png", real("bumps/line-dream/line-corr.png"))).toBe("image");
    expect(kind("gx.in", real("parameters/gx.in"))).toBe("parameters");
    expect(kind("input.cgyro", real("parameters/input.cgyro"))).toBe("parameters");
    expect(kind("input.tglf.gen", real("parameters/input.tglf.gen"))).toBe("parameters");
  });

  it("goes by the contents where the name says little", () => {
    expect(kind("out.cgyro.time", " 1.0E-01  1.4E-02\n 2.0E-01  1.2E-02\n")).toBe("table");
    expect(kind("README", "Dear all,\nthe beam was off.\n")).toBe("text");
    expect(kind("notes.txt", "Dear all,\n\nthe beam was off on 3 May.\nYours,\nA.\n")).toBe("text");
    expect(kind("model.py", "1 2\n3 4\n")).toBe("text");
    expect(kind("a.csv", "name,town\nA,B\nC,D\n")).toBe("table");
    expect(kind("run", "&box\n nx=3\n/\n")).toBe("parameters");
    expect(kind("x.svg", '<?xml version="1.0"?><svg xmlns="x"/>')).toBe("image");
    expect(kind("x.csv", "")).toBe("empty");
  });

  it("says what it is where it is no text, whatever its name", () => {
    const what = (body: Uint8Array): unknown => chooseView("table.csv", body);
    expect(what(bytes("1,2,3\n4,\0,6"))).toEqual({ kind: "binary", what: "this is not text: NUL at byte 8" });
    expect(what(gzipSync("x"))).toEqual({ kind: "binary", what: "this is gzip-compressed" });
    expect(what(Uint8Array.from([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0]))).toEqual({
      kind: "binary",
      what: "this is an HDF5 (or NetCDF-4) file",
    });
    expect(what(Uint8Array.from({ length: 200 }, (_, index) => (index % 30) + 1))).toMatchObject({ kind: "binary" });
    expect(kind("table.csv", real("bumps/line-dream/line-corr.png"))).toBe("image");
    expect(kind("picture.png", "no picture\n")).toBe("text");
  });

  it("reads text in the encodings that are met", () => {
    expect(sniff(bytes("Å µ 表"))).toEqual({ kind: "text", encoding: "utf-8" });
    // a character cut off at the end of what was read
    expect(sniff(bytes("Å µ 表").subarray(0, 7))).toEqual({ kind: "text", encoding: "utf-8" });
    expect(sniff(Uint8Array.from([0xb5, 0x6d]))).toEqual({ kind: "text", encoding: "windows-1252" });
    expect(sniff(Uint8Array.from([0xff, 0xfe, 0x31, 0]))).toEqual({ kind: "text", encoding: "utf-16le" });
    expect(kind("log", "\x1b[31mred\x1b[0m\n\f\x07")).toBe("text");
  });

  it("never throws, whatever the bytes and the name", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("a.csv", "a.json", "a.in", "a", "a.svg", "a.par", "stdout"),
        (body, name) => void chooseView(name, body),
      ),
      { numRuns: 500 },
    );
  });

  it("shows bytes as an editor of bytes does", () => {
    expect(hexLines(bytes("0123456789abcdef\nÅ"))).toEqual([
      "00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef",
      "00000010  0a c3 85                                         ...",
    ]);
  });
});

describe("JSON of a program", () => {
  it("may have NaN and Infinity, or a value on each line", () => {
    expect(readJson('{"a": NaN, "b": [-Infinity, "NaN"]}')).toMatchObject({
      value: { a: "NaN", b: ["-Infinity", "NaN"] },
    });
    expect(readJson('{"a":1}\n{"a":2}\n')).toEqual({ value: [{ a: 1 }, { a: 2 }], note: "2 lines of JSON." });
    expect(() => readJson('{"a": 1')).toThrow(SyntaxError);
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readJson(JSON.stringify(value)).value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
