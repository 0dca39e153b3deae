// A job's files as a tree of folders, and the rows that are shown of it. Pure.
import type { JobFile, SkippedFile } from "../../../shared/contract/job.ts";

type Folder = {
  path: string;
  name: string;
  folders: Map<string, Folder>;
  entries: Entry[];
  /** How many files lie in it and below, and how large they are together. */
  files: number;
  bytes: number;
};
type Entry = { name: string; file: JobFile } | { name: string; skipped: SkippedFile };

export type FileRow = { depth: number; name: string; key: string } & (
  | { kind: "folder"; path: string; open: boolean; files: number; bytes: number }
  | { kind: "file"; file: JobFile }
  | { kind: "skipped"; skipped: SkippedFile }
);

export type FileTree = Folder;

const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Puts files and what was skipped into folders by their paths; folders know how much lies in them. */
export function fileTree(files: readonly JobFile[], skipped: readonly SkippedFile[]): FileTree {
  const root = newFolder("", "");
  for (const file of files) {
    const folders = foldersOf(root, file.path);
    for (const folder of folders) {
      folder.files += 1;
      folder.bytes += file.size;
    }
    folders.at(-1)?.entries.push({ name: lastPart(file.path), file });
  }
  for (const entry of skipped)
    foldersOf(root, entry.path)
      .at(-1)
      ?.entries.push({ name: lastPart(entry.path), skipped: entry });
  sort(root);
  return root;
}

/**
 * The rows of a tree from top to bottom, without what lies in closed folders. With words to filter by, only what has them all in
 * its path is left, and every folder on the way to it is open.
 */
export function fileRows(tree: FileTree, closed: ReadonlySet<string>, filter: string): FileRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: FileRow[] = [];
  add(tree, 0);
  return rows;

  function add(folder: Folder, depth: number): void {
    for (const entry of folder.entries) if (isLog(entry) && matches(entry)) rows.push(rowOf(entry, depth));
    for (const inner of folder.folders.values()) {
      const at = rows.length;
      const open = words.length > 0 || !closed.has(inner.path);
      const { path, name, files, bytes } = inner;
      rows.push({ kind: "folder", depth, name, path, key: `folder ${path}`, open, files, bytes });
      if (open) add(inner, depth + 1);
      if (words.length > 0 && rows.length === at + 1) rows.length = at;
    }
    for (const entry of folder.entries) if (!isLog(entry) && matches(entry)) rows.push(rowOf(entry, depth));
  }

  function matches(entry: Entry): boolean {
    const path = ("file" in entry ? entry.file.path : entry.skipped.path).toLowerCase();
    return words.every((word) => path.includes(word));
  }
}

const isLog = (entry: Entry): boolean => "file" in entry && entry.file.role !== "result";

function rowOf(entry: Entry, depth: number): FileRow {
  const { name } = entry;
  if ("file" in entry)
    return { kind: "file", depth, name, file: entry.file, key: `${entry.file.role} ${entry.file.path}` };
  return { kind: "skipped", depth, name, skipped: entry.skipped, key: `skipped ${entry.skipped.path}` };
}

/** As people count: "run 2" before "run 10". */
function sort(folder: Folder): void {
  folder.entries.sort((one, other) => byName.compare(one.name, other.name));
  folder.folders = new Map([...folder.folders].sort(([one], [other]) => byName.compare(one, other)));
  for (const inner of folder.folders.values()) sort(inner);
}

const newFolder = (path: string, name: string): Folder => ({
  path,
  name,
  folders: new Map(),
  entries: [],
  files: 0,
  bytes: 0,
});

/** The folders on the way to a path, from the root on; made where they are not there. */
function foldersOf(root: Folder, path: string): Folder[] {
  const way = [root];
  let folder = root;
  let end = path.indexOf("/");
  for (let start = 0; end >= 0; start = end + 1, end = path.indexOf("/", start)) {
    const name = path.slice(start, end);
    const inner = folder.folders.get(name) ?? newFolder(path.slice(0, end), name);
    folder.folders.set(name, inner);
    way.push(inner);
    folder = inner;
  }
  return way;
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
