// squeue: what waits, runs and ended in the last five minutes.
import { formatIndices, parseIndexList } from "./index-list.ts";
import { isSelected, type Selection, selectJob } from "./job-selection.ts";
import { listMembers, type Member, type State } from "./job-store.ts";
import { printable } from "./jobcomp.ts";
import { type OptionTable, parseOptions, Refusal } from "./options.ts";
import { maxArraySize, type Settings } from "./settings.ts";
import { formatInstant, formatSpan } from "./times.ts";

const known: OptionTable = {
  noheader: "flag",
  array: "flag",
  states: "value",
  format: "value",
  name: "value",
  user: "value",
  jobs: "value",
};
const short = { h: "noheader", r: "array", t: "states", o: "format", n: "name", u: "user", j: "jobs" };
const shortStates: Record<State, string> = {
  PENDING: "PD",
  RUNNING: "R",
  COMPLETED: "CD",
  FAILED: "F",
  CANCELLED: "CA",
  TIMEOUT: "TO",
  NODE_FAIL: "NF",
};
// further states of Slurm, in which nothing of the stand-in ever is
const neverHere = [
  "SUSPENDED",
  "PREEMPTED",
  "BOOT_FAIL",
  "DEADLINE",
  "OUT_OF_MEMORY",
  "COMPLETING",
  "CONFIGURING",
  "REQUEUED",
];
const usualFormat = "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R";

/** A line of the answer: one member, or all members of an array that wait (or were cancelled waiting). */
type Row = { member: Member; indices?: number[] };
type Field = { title: string; value: (row: Row, settings: Settings) => string };

const fields: Record<string, Field> = {
  i: { title: "JOBID", value: displayedId },
  F: { title: "ARRAY_JOB_ID", value: ({ member }) => String(member.job.id) },
  K: { title: "ARRAY_TASK_ID", value: taskColumn },
  A: { title: "JOBID", value: ({ member }) => String(member.neverBegan ? member.job.id : member.rawId) },
  T: { title: "STATE", value: ({ member }) => member.state },
  t: { title: "ST", value: ({ member }) => shortStates[member.state] },
  U: { title: "UID", value: (_, settings) => String(settings.uid) },
  u: { title: "USER", value: (_, settings) => settings.user },
  r: { title: "REASON", value: ({ member }) => member.reason },
  R: { title: "NODELIST(REASON)", value: nodesOrReason },
  j: { title: "NAME", value: ({ member }) => safeName(member.job.name) },
  M: { title: "TIME", value: ({ member }) => formatSpan(elapsedSeconds(member)) },
  l: { title: "TIME_LIMIT", value: ({ member }) => formatSpan(member.job.timeSeconds) },
  P: { title: "PARTITION", value: ({ member }) => member.job.partition },
  N: { title: "NODELIST", value: ({ member }, settings) => (member.neverBegan ? "" : settings.node) },
  S: {
    title: "START_TIME",
    value: ({ member }) => (member.startMs === undefined ? "N/A" : formatInstant(member.startMs)),
  },
  e: { title: "END_TIME", value: ({ member }) => (member.endMs === undefined ? "N/A" : formatInstant(member.endMs)) },
  V: { title: "SUBMIT_TIME", value: ({ member }) => formatInstant(member.job.submittedMs) },
  D: { title: "NODES", value: () => "1" },
  C: { title: "CPUS", value: ({ member }) => String(member.job.cpus) },
};

/** Returns the whole answer. */
export function squeue(dir: string, settings: Settings, args: string[]): string {
  const { options, words } = parseOptions("squeue", args, known, short);
  if (words.length > 0) throw new Refusal(`squeue: error: Unrecognized option: ${words[0]}`);
  const cells = readFormat(options.get("format") ?? usualFormat);
  const states = readStates(options.get("states"));
  const names = options.get("name")?.split(",");
  const selections = readJobs(dir, options.get("jobs"));
  const users = options.get("user")?.split(",");
  const isOurs = users === undefined || users.includes(settings.user) || users.includes(String(settings.uid));
  const only = selections === undefined ? undefined : new Set(selections.map((selection) => selection.job.id));
  const members = listMembers(dir, Date.now(), only).filter(
    (member) =>
      isOurs &&
      states.has(member.state) &&
      (names === undefined || names.includes(member.job.name)) &&
      (selections === undefined || selections.some((selection) => isSelected(selection, member))),
  );
  const rows = options.has("array") ? members.map((member) => ({ member })) : combine(members);
  const lines = rows.map((row) => render(cells, (field) => field.value(row, settings)));
  if (!options.has("noheader")) lines.unshift(render(cells, (field) => field.title));
  return lines.map((line) => `${line}\n`).join("");
}

type Cell = string | { field: Field; width: number; right: boolean };

function readFormat(format: string): Cell[] {
  const cells: Cell[] = [];
  let rest = format;
  while (rest !== "") {
    const found = /^%(\.?)(\d*)(.)/su.exec(rest);
    if (found === null) {
      const text = /^(?:[^%]+|%$)/s.exec(rest)?.[0] ?? rest;
      cells.push(text);
      rest = rest.slice(text.length);
      continue;
    }
    const letter = found[3] ?? "";
    const field = Object.hasOwn(fields, letter) ? fields[letter] : undefined;
    if (field === undefined)
      throw new Refusal(
        `squeue: error: unknown field %${letter} in "${format}": the stand-in understands ${Object.keys(fields).join(" ")}`,
      );
    cells.push({ field, width: Number(found[2] || 0), right: found[1] === "." });
    rest = rest.slice(found[0].length);
  }
  return cells;
}

function render(cells: Cell[], value: (field: Field) => string): string {
  const texts = cells.map((cell) => {
    if (typeof cell === "string") return cell;
    const text = value(cell.field);
    if (cell.width === 0) return text;
    const cut = text.slice(0, cell.width);
    return cell.right ? cut.padStart(cell.width) : cut.padEnd(cell.width);
  });
  return texts.join("");
}

function readStates(text: string | undefined): Set<State> {
  const all = Object.keys(shortStates) as State[];
  if (text === undefined) return new Set(["PENDING", "RUNNING"]);
  const words = text.toUpperCase().split(",");
  if (words.includes("ALL")) return new Set(all);
  const wanted = new Set<State>();
  for (const word of words) {
    const found = all.find((state) => state === word || shortStates[state] === word);
    if (found !== undefined) wanted.add(found);
    else if (!neverHere.includes(word)) throw new Refusal(`squeue: error: Invalid job state specified: ${text}`);
  }
  return wanted;
}

/** One unknown id is an error; among several it is silently left out, as Slurm does. */
function readJobs(dir: string, text: string | undefined): Selection[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(/,(?![^[]*\])/);
  const found = words.map((word) => selectJob(dir, word));
  if (found.includes(undefined)) throw new Refusal(`squeue: error: Invalid job id: ${words[found.indexOf(undefined)]}`);
  const known = found.filter((selection) => selection !== undefined && selection !== "absent");
  if (words.length === 1 && known.length === 0) throw new Refusal("slurm_load_jobs error: Invalid job id specified");
  return known;
}

function combine(members: Member[]): Row[] {
  const rows: Row[] = [];
  const groups = new Map<string, Row>();
  for (const member of members) {
    if (member.index === undefined || !member.neverBegan) {
      rows.push({ member });
      continue;
    }
    const key = `${member.job.id} ${member.state}`;
    const group = groups.get(key) ?? { member, indices: [] };
    if (!groups.has(key)) rows.push(group);
    groups.set(key, group);
    group.indices?.push(member.index);
  }
  return rows;
}

function displayedId(row: Row): string {
  const { job, index } = row.member;
  if (index === undefined) return String(job.id);
  return row.indices === undefined ? `${job.id}_${index}` : `${job.id}_[${taskColumn(row)}]`;
}

function taskColumn({ member, indices }: Row): string {
  if (member.index === undefined) return "N/A";
  if (indices === undefined) return String(member.index);
  const atOnce = parseIndexList(member.job.array ?? "", maxArraySize - 1)?.atOnce;
  return `${formatIndices(indices)}${atOnce === undefined ? "" : `%${atOnce}`}`;
}

function nodesOrReason({ member }: Row, settings: Settings): string {
  if (member.state === "RUNNING" || member.state === "COMPLETED") return settings.node;
  return member.reason === "None" ? "" : `(${member.reason})`;
}

function elapsedSeconds(member: Member): number {
  if (member.startMs === undefined || member.neverBegan) return 0;
  return ((member.endMs ?? Date.now()) - member.startMs) / 1000;
}

/** Slurm prints a name as it is; ours cannot end a line nor add a column. */
function safeName(name: string): string {
  return printable(name).replaceAll("|", "?");
}
