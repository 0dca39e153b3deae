// One input of a new job on its way: its name, its size, and how far its upload is.
import { fileNameFault } from "../../../shared/contract/id.ts";
import { maxUploadBytes } from "../../../shared/contract/upload.ts";
import { sizeWords } from "../words.ts";

export type InputState =
  /** In line for its upload. */
  | "waiting"
  | "sending"
  /** Uploaded. */
  | "there"
  | "failed"
  /** Its name or size is not accepted; nothing is sent. */
  | "refused"
  /** Known by name only: its file has to be added. */
  | "missing";

export type InputEntry = {
  /** Stays the same while the name changes. */
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly state: InputState;
  /** Bytes sent so far. */
  readonly sent: number;
  readonly upload?: string;
  /** Why it failed or is refused. */
  readonly words?: string;
};

/** Why a file is not sent at all, in words; undefined where it is. */
export function refusalOf(name: string, size: number): string | undefined {
  const fault = fileNameFault(name);
  if (fault) return `its name is not accepted; accepted is ${fault}`;
  if (size > maxUploadBytes) return `it has ${sizeWords(size)}; accepted are at most ${sizeWords(maxUploadBytes)}`;
  return undefined;
}

/**
 * The entries that a list of names means, such as a person writes into the JSON: known names keep their entries; as many
 * new names as old ones that are gone are renames; any other new name takes up an entry that was removed before, or
 * stands for a file that has yet to be added.
 */
export function entriesOfNames(
  entries: readonly InputEntry[],
  names: readonly string[],
  removed: ReadonlyMap<string, InputEntry>,
  newKey: () => string,
): InputEntry[] {
  const unclaimed = [...entries];
  const claim = (name: string) => {
    const place = unclaimed.findIndex((entry) => entry.name === name);
    return place < 0 ? undefined : unclaimed.splice(place, 1)[0];
  };
  const found = names.map((name) => ({ name, entry: claim(name) }));
  const renames = found.filter(({ entry }) => !entry).length === unclaimed.length;
  const back = new Map(removed);
  return found.map(({ name, entry }) => {
    const known = entry ?? (renames ? unclaimed.shift() : back.get(name));
    back.delete(name);
    if (known) return known.name === name ? known : { ...known, name };
    return { key: newKey(), name, size: 0, state: "missing", sent: 0 };
  });
}

/** What all inputs come to. */
export function sumOf(entries: readonly InputEntry[]) {
  const count = (...states: InputState[]) => entries.filter((entry) => states.includes(entry.state)).length;
  return {
    files: entries.length,
    bytes: entries.reduce((sum, entry) => sum + entry.size, 0),
    sent: entries.reduce((sum, entry) => sum + (entry.state === "there" ? entry.size : entry.sent), 0),
    there: count("there"),
    underWay: count("waiting", "sending"),
    failed: count("failed"),
    refused: count("refused"),
    missing: count("missing"),
  };
}

/** Inputs, by their places, that keep the job from being submitted until somebody does something: what is accepted. */
export function entryFaults(entries: readonly InputEntry[]): Map<number, string> {
  const words: Partial<Record<InputState, string>> = {
    missing: "a file that was added here: add it again, or remove it",
    failed: "a file whose upload arrived: send it again, or remove it",
    refused: "a file that can be sent: rename it, or remove it",
  };
  return new Map(
    entries.flatMap((entry, place) => {
      const accepted = words[entry.state];
      return accepted === undefined ? [] : [[place, accepted] as const];
    }),
  );
}
