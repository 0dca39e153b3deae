// Files out of a drop or a file dialogue, folders with all that is in them, each with its relative name.

export type FoundFile = { name: string; file: File };

/** Looked at in one go; a folder beyond this is no set of inputs (files). */
export const maxFound = 5_000;

export type Found = { files: FoundFile[] /** There were more than `maxFound`. */; cut: boolean };

/** All files of a drop. To be called while the event is handled: afterwards the browser has forgotten them. */
export function filesOfDrop(transfer: DataTransfer): Promise<Found> {
  const entries = [...transfer.items].flatMap((item) => {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    return entry ? [entry] : [];
  });
  if (entries.length === 0) return Promise.resolve(filesOfList(transfer.files));
  return walk(entries);
}

/** The files that a dialogue gave, with their folder where a folder was chosen. */
export function filesOfList(list: FileList | readonly File[]): Found {
  const files = [...list].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
  return inOrder(files.slice(0, maxFound), files.length > maxFound);
}

async function walk(entries: readonly FileSystemEntry[]): Promise<Found> {
  const files: FoundFile[] = [];
  const open = [...entries];
  for (let entry = open.shift(); entry; entry = open.shift()) {
    if (files.length >= maxFound) return inOrder(files, true);
    if (isFile(entry)) files.push({ name: entry.fullPath.replace(/^\//, ""), file: await fileOf(entry) });
    else if (isFolder(entry)) open.push(...(await childrenOf(entry)));
  }
  return inOrder(files, false);
}

function inOrder(files: FoundFile[], cut: boolean): Found {
  const collator = new Intl.Collator("en", { numeric: true });
  return { files: files.toSorted((a, b) => collator.compare(a.name, b.name)), cut };
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives at most 100 at a time, and nothing when there are no more. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
