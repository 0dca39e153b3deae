import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JobFile } from "../../../../shared/contract/job.ts";
import { fileRows, fileTree } from "../../../../web/page/job/file-tree.ts";
import { pathWords } from "../../../../web/page/job/path-words.ts";

const file = (path: string, role: JobFile["role"] = "result", size = 10): JobFile => ({
  path,
  role,
  size,
  sha256: "0".repeat(64),
  href: `/${path}`,
});
const shown = (rows: ReturnType<typeof fileRows>) => rows.map((row) => `${"  ".repeat(row.depth)}${row.name}`);

describe("the tree of a job's files", () => {
  const tree = fileTree(
    [
      file("run 10/b.dat"),
      file("run 2/deep/c.dat", "result", 30),
      file("z.txt"),
      file("stdout", "stdout"),
      file("run 2/a.dat"),
      file("A.txt"),
    ],
    [{ path: "run 2/link", skipped: "symlink" }],
  );

  it("has the logs first, then folders, then files, ordered as people count", () => {
    expect(shown(fileRows(tree, new Set(), ""))).toEqual([
      "stdout",
      "run 2",
      "  deep",
      "    c.dat",
      "  a.dat",
      "  link",
      "run 10",
      "  b.dat",
      "A.txt",
      "z.txt",
    ]);
  });

  it("says of a folder how much lies in it", () => {
    const folder = fileRows(tree, new Set(), "").find((row) => row.name === "run 2");
    expect(folder).toMatchObject({ kind: "folder", files: 2, bytes: 40, open: true });
  });

  it("hides what lies in a closed folder", () => {
    expect(shown(fileRows(tree, new Set(["run 2", "run 10"]), ""))).toEqual([
      "stdout",
      "run 2",
      "run 10",
      "A.txt",
      "z.txt",
    ]);
  });

  it("shows only what has all the words in its path, in closed folders too", () => {
    expect(shown(fileRows(tree, new Set(["run 2"]), "RUN dat 2"))).toEqual(["run 2", "  deep", "    c.dat", "  a.dat"]);
    expect(shown(fileRows(tree, new Set(), "nothing"))).toEqual([]);
  });

  it("shows every file once, whatever the paths", () => {
    const part = fc.constantFrom("a", "b", "__proto__", "constructor", "ü", "1", "..", " ");
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
        const rows = fileRows(
          fileTree(
            paths.map((one) => file(one)),
            [],
          ),
          new Set(),
          "",
        );
        const found = rows.flatMap((row) => (row.kind === "file" ? [row.file.path] : []));
        expect(found.sort()).toEqual([...paths].sort());
        expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
      }),
    );
  });
});

describe("a file's name in words", () => {
  it("shows what would hide, turn or break it", () => {
    expect(pathWords("\u202egnp.exe")).toBe("[U+202E]gnp.exe");
    expect(pathWords("a\nb\x7f\u200b")).toBe("a␊b␡[U+200B]");
    expect(pathWords("\ud800x🎉 ü")).toBe("[U+D800]x🎉 ü");
    expect(pathWords("fit/line-chain's $(x).mc.gz")).toBe("fit/line-chain's $(x).mc.gz");
  });
});
