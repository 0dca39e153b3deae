// scancel: wishes for the runner to fulfil.
import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { isSelected, type Selection, selectJob } from "./job-selection.ts";
import { appendWish, listMembers, memberList, type Wish, wishesDone } from "./job-store.ts";
import { type OptionTable, parseOptions, Refusal } from "./options.ts";
import type { Settings } from "./settings.ts";
import { wakeRunner } from "./wake-runner.ts";

const known: OptionTable = {
  signal: "value",
  name: "value",
  user: "value",
  quiet: "flag",
  full: "flag",
  batch: "flag",
};
const short = { s: "signal", n: "name", u: "user", Q: "quiet", f: "full", b: "batch" };
const waitMs = 3000;

/** Ends, or signals, the members meant. As with Slurm, an id that is unknown or has ended is no error. */
export async function scancel(dir: string, settings: Settings, args: string[]): Promise<void> {
  const { options, words } = parseOptions("scancel", args, known, short);
  const filters = options.has("name") || options.has("user");
  if (words.length === 0 && !filters) throw new Refusal("scancel: error: No job identification provided");
  const selections = words.map((word) => {
    const found = selectJob(dir, word);
    if (found === undefined) throw new Refusal(`scancel: error: Invalid job id ${word}`);
    return found;
  });
  const signal = readSignal(options.get("signal"));
  const users = options.get("user");
  if (users !== undefined && users !== settings.user && users !== String(settings.uid)) return;
  const names = options.get("name")?.split(",");
  const meant = listMembers(dir, Date.now()).filter(
    (member) =>
      member.endMs === undefined &&
      (names === undefined || names.includes(member.job.name)) &&
      (words.length === 0 || selections.some((selection) => selection !== "absent" && isSelected(selection, member))),
  );
  const all =
    words.length === 0 ? undefined : selections.filter((selection): selection is Selection => selection !== "absent");
  const requests = new Map<number, string>();
  for (const id of new Set(meant.map((member) => member.job.id))) {
    const request = `${process.pid}.${process.hrtime.bigint()}`;
    const whole =
      all === undefined || all.some((selection) => selection.job.id === id && selection.indices === undefined);
    const members = whole ? {} : { members: memberList(meant.filter((member) => member.job.id === id)) };
    const wish: Wish = { request, ...members, ...(signal === undefined ? {} : { signal }) };
    appendWish(dir, id, wish);
    requests.set(id, request);
  }
  if (requests.size === 0) return;
  wakeRunner(dir, settings);
  const end = Date.now() + waitMs;
  while (Date.now() < end && [...requests].some(([id, request]) => !wishesDone(dir, id).has(request))) await delay(5);
}

function readSignal(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const upper = text.toUpperCase();
  const byNumber = Object.entries(constants.signals).find(([, number]) => String(number) === upper)?.[0];
  const name = byNumber ?? (upper.startsWith("SIG") ? upper : `SIG${upper}`);
  if (Object.hasOwn(constants.signals, name)) return name;
  throw new Refusal(`scancel: error: Unknown job signal: ${text}`);
}
