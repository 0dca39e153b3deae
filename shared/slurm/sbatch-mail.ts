// --mail-type and --mail-user of sbatch as a mail request of ours.
import { finalStates, MailRequest, mailedStates } from "../contract/job.ts";
import type { GivenOption } from "./sbatch-getopt.ts";

type MailedState = (typeof mailedStates)[number];

/** When to send mail, and to whom; no address: to the person. */
export type SbatchMail = { on: MailedState[]; to: string[] };

const mailStates: Readonly<Record<string, readonly MailedState[]>> = {
  NONE: [],
  BEGIN: ["running"],
  END: finalStates,
  FAIL: ["failed"],
  TIME_LIMIT: ["failed"],
  ALL: mailedStates,
};

const noMail = (word: string, because: string) =>
  `--mail-type=${word} is not heeded, and no such mail is sent: ${because}`;
const nearLimit = "a job's end is told of, not that its time is nearly over";

/** Words of Slurm's that ask for no mail of ours, and what is said of them. */
const otherwiseWords: Readonly<Record<string, string>> = {
  REQUEUE: noMail("REQUEUE", "a job's work is started once"),
  INVALID_DEPEND: noMail("INVALID_DEPEND", "jobs do not depend on each other"),
  STAGE_OUT: noMail("STAGE_OUT", "there is no burst buffer"),
  TIME_LIMIT_90: noMail("TIME_LIMIT_90", nearLimit),
  TIME_LIMIT_80: noMail("TIME_LIMIT_80", nearLimit),
  TIME_LIMIT_50: noMail("TIME_LIMIT_50", nearLimit),
  ARRAY_TASKS: "--mail-type=ARRAY_TASKS is not heeded: of an array one mail is sent, when all of its jobs have ended",
};

/** Reads them; `otherwise` has what is taken otherwise than sbatch would. Without a request no mail is sent. */
export function readSbatchMail(
  types: readonly GivenOption[],
  user: GivenOption | undefined,
  wrong: (option: GivenOption, accepted: string) => void,
): { request?: SbatchMail; otherwise: { option: GivenOption; words: string }[] } {
  const on = new Set<MailedState>();
  const otherwise: { option: GivenOption; words: string }[] = [];
  for (const option of types) {
    const words = option.value.toUpperCase().split(",");
    // as with sbatch, a comma too many says nothing
    for (const word of words.filter((one) => one !== "" || words.length === 1)) {
      const told = otherwiseWords[word];
      const states = mailStates[word];
      if (told !== undefined) otherwise.push({ option, words: told });
      else if (!states) wrong(option, `any of ${[mailStates, otherwiseWords].flatMap(Object.keys).join(", ")}`);
      if (word === "NONE") on.clear();
      for (const state of states ?? []) on.add(state);
    }
  }
  const to = user?.value.split(",") ?? [];
  if (user && !MailRequest.shape.to.safeParse(to).success) wrong(user, "1 to 5 addresses, separated by commas");
  // as with sbatch: an address alone asks for no mail
  return on.size === 0 ? { otherwise } : { request: { on: [...on], to }, otherwise };
}
