// Staging as the account: folders, files and claims, each step below a folder that is held open.

import type { FileHandle } from "node:fs/promises";
import { link, mkdir, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { SafeFolder } from "./safe-folder.ts";

/** Makes the group's folders; those that are there already, from an earlier try, are kept. */
export async function makeGroup(path: string, members: readonly number[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const group = await SafeFolder.open(path);
  await (await group.made("records")).close();
  const all = await group.made("members");
  for (const index of members) {
    const member = await all.made(String(index));
    await (await member.made("work")).close();
    await member.close();
  }
  await all.close();
  await group.close();
}

/** Opens a new file below the group's folder for writing; folders on its way are made, links refused. */
export async function createBelow(groupPath: string, path: string): Promise<FileHandle> {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  if (name === "" || [...parts, name].some((part) => part === "" || part === "." || part === ".."))
    throw new Error(`not a path below the group's folder: ${JSON.stringify(path)}`);
  let folder = await SafeFolder.open(groupPath);
  try {
    for (const part of parts) {
      const below = await folder.made(part);
      await folder.close();
      folder = below;
    }
    return await folder.create(name, 0o644);
  } finally {
    await folder.close();
  }
}

/** Makes the claim in this file among the group's records unless there is one; returns the words that it holds. */
export async function claimGroup(groupPath: string, name: string, words: string): Promise<string> {
  const group = await SafeFolder.open(groupPath);
  const records = await group.sub("records");
  try {
    const aside = `.submit-${process.pid}-${Date.now()}`;
    const file = await records.create(aside, 0o644);
    await file.writeFile(`${words}\n`);
    await file.close();
    await link(records.at(aside), records.at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await unlink(records.at(aside));
    return await readClaim(records, name);
  } finally {
    await records.close();
    await group.close();
  }
}

/** The words of the claim in this file among the group's records; "" where there is none. */
export async function claimHolder(groupPath: string, name: string): Promise<string> {
  const group = await SafeFolder.open(groupPath);
  const records = await group.sub("records");
  try {
    return await readClaim(records, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  } finally {
    await records.close();
    await group.close();
  }
}

async function readClaim(records: SafeFolder, name: string): Promise<string> {
  const held = await records.read(name);
  try {
    if (!(await held.stat()).isFile()) throw new Error("the group's claim is no regular file");
    return (await held.readFile("utf8")).slice(0, 200).trim();
  } finally {
    await held.close();
  }
}
