// What the cloud was last told of a group's members.
import { join } from "node:path";
import type { MemberState } from "../../shared/headnode/receipt.ts";
import { writeDurably } from "./durable-file.ts";
import { readRecord, Told } from "./spool.ts";

/** The members as last told; undefined where nothing was. */
export const toldBefore = (folder: string): MemberState[] | undefined => readRecord(folder, "told", Told)?.members;

/** Keeps what was told, after S3 has taken it. */
export function rememberTold(folder: string, members: readonly MemberState[]): void {
  writeDurably(join(folder, "told"), JSON.stringify({ members }));
}
