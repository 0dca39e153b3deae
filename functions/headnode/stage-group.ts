// Staging a group before its intent: root fetches, the account's process writes; root never touches the account's folders.
import { fileNameFault } from "../../shared/contract/id.ts";
import type { Group, Member } from "../../shared/headnode/batch.ts";
import { AccountError, type AccountProcess } from "./account-process.ts";
import { groupFiles, memberFiles } from "./batch-script.ts";
import { type Fetched, InputError, type OpenInput, openInput, readInput } from "./inputs.ts";
import type { Plan, Staged } from "./spool.ts";

export type StagingOutcome =
  | { kind: "staged"; staged: Staged }
  /** Signed addresses have ended: nothing is submitted, fresh ones are needed. */
  | { kind: "expired"; words: string }
  /** S3 or the account's process failed: the same again later. */
  | { kind: "later"; words: string }
  /** The account's folder cannot take it: final. */
  | { kind: "refused"; words: string };

/** So many GETs are under way at once; their bodies are taken one after another. */
const ahead = 8;

/** Writes the group's folder whole: script, members' files and inputs. An input that is gone makes its member a hole. */
export async function stageGroup(group: Group, plan: Plan, account: AccountProcess): Promise<StagingOutcome> {
  const { folder } = plan;
  const staged: Staged = { inputs: {}, missing: {} };
  try {
    await account.make(
      folder,
      group.members.map((member) => member.index),
    );
    await account.write(folder, groupFiles.script, [Buffer.from(group.script)]);
    for (const member of group.members) await writeFiles(member, folder, account);
    await fetchInputs(group, folder, account, staged);
    // the last of all: without it the batch script does nothing
    await account.write(folder, groupFiles.id, [Buffer.from(`${group.group}\n`)]);
    return { kind: "staged", staged };
  } catch (error) {
    if (error instanceof InputError)
      return { kind: error.fault.kind === "expired" ? "expired" : "later", words: error.fault.words };
    if (error instanceof AccountError && error.code !== "")
      return { kind: "refused", words: `the folder ${folder} cannot be written: ${error.message}` };
    return { kind: "later", words: error instanceof Error ? error.message : String(error) };
  }
}

async function writeFiles(member: Member, folder: string, account: AccountProcess): Promise<void> {
  for (const [name, text] of Object.entries(member.files))
    await account.write(folder, `${groupFiles.members}/${member.index}/${name}`, [Buffer.from(text)]);
}

/** Why a group cannot be staged as it stands, in words. */
export function groupFault(group: Group): string | undefined {
  const reserved: readonly string[] = memberFiles;
  const indices = new Set(group.members.map((member) => member.index));
  if (indices.size !== group.members.length) return "two members have the same index";
  for (const member of group.members)
    for (const name of Object.keys(member.files)) {
      const fault = fileNameFault(name) ?? (name.includes("/") ? "a name without /" : undefined);
      if (fault !== undefined)
        return `the file ${JSON.stringify(name)} of member ${member.index}: accepted is ${fault}`;
      if (reserved.includes(name)) return `the name "${name}" is kept for the member's own ${name}`;
    }
  return undefined;
}

/** Fetches and writes every input in order, with the next GETs already under way. */
async function fetchInputs(group: Group, folder: string, account: AccountProcess, staged: Staged): Promise<void> {
  const todo = group.members.flatMap((member) => member.inputs.map((input) => ({ member, input })));
  const started: Promise<OpenInput>[] = [];
  const start = (at: number) => {
    const next = todo[at];
    if (next === undefined) return;
    started[at] = openInput(next.input);
    started[at]?.catch(() => {}); // met below, in order
  };
  for (let at = 0; at < ahead; at++) start(at);
  try {
    for (const [at, { member, input }] of todo.entries()) {
      const opening = started[at];
      if (opening === undefined) throw new Error("an input was passed over");
      try {
        const open = await opening;
        let fetched: Fetched | undefined;
        const path = `${groupFiles.members}/${member.index}/work/${input.name}`;
        await account.write(
          folder,
          path,
          readInput(input, open, (done) => {
            fetched = done;
          }),
        );
        if (fetched !== undefined) staged.inputs[member.index] = [...(staged.inputs[member.index] ?? []), fetched];
      } catch (error) {
        if (!(error instanceof InputError) || error.fault.kind !== "missing") throw error;
        staged.missing[member.index] ??= error.fault.words;
      }
      delete started[at];
      start(at + ahead);
    }
  } finally {
    for (const opening of Object.values(started)) opening.then(({ abort }) => abort.abort()).catch(() => {});
  }
}
