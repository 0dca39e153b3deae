// The words after `headgate sbatch`: our own options, sbatch's, the script, and its arguments.
import { readOptions } from "../../../shared/slurm/sbatch-getopt.ts";
import type { GlobalOptions } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import type { JobOptions } from "./submit.ts";

export type SbatchLine = {
  help: boolean;
  globals: GlobalOptions;
  job: JobOptions;
  key: string | undefined;
  /** Files and folders that go along. */
  beside: string[];
  environment: string[];
  /** Words for sbatch's own reading. */
  sbatchWords: string[];
  script: string | undefined;
  arguments: string[];
};

const own = ["with", "env", "cluster", "tag", "description", "retry", "retry-on", "key", "site"] as const;
type Own = (typeof own)[number];

/** Everything before the first word that is no option belongs to us or to sbatch; all after the script is the script's. */
export function readSbatchLine(argv: readonly string[]): SbatchLine {
  const given: Record<Own, string[]> = {
    with: [],
    env: [],
    cluster: [],
    tag: [],
    description: [],
    retry: [],
    "retry-on": [],
    key: [],
    site: [],
  };
  const sbatchWords: string[] = [];
  let json = false;
  let help = false;
  let at = 0;
  while (at < argv.length) {
    const word = argv[at] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    at += 1;
    if (word === "--") break;
    const [, name = "", attached] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (word === "--json") json = true;
    else if (word === "--help" || word === "-h") help = true;
    else if (isOwn(name)) {
      const value = attached ?? argv[at];
      if (value === undefined) throw new CliError("usage", `--${name} needs a value`);
      if (attached === undefined) at += 1;
      given[name].push(value);
    } else {
      sbatchWords.push(word);
      const next = argv[at];
      // an option that needs a value has it in the next word, whatever that looks like
      const alone = readOptions([{ text: word }]);
      if (next !== undefined && alone.problems.some(({ words }) => words.endsWith("needs a value"))) {
        sbatchWords.push(next);
        at += 1;
      }
    }
  }
  const last = (name: Own) => given[name].at(-1);
  const job: JobOptions = {};
  const [cluster, description, retry, retryOn] = [
    last("cluster"),
    last("description"),
    last("retry"),
    last("retry-on"),
  ];
  if (cluster !== undefined) job.cluster = cluster;
  if (description !== undefined) job.description = description;
  if (retry !== undefined) job.retry = retry;
  if (retryOn !== undefined) job.retryOn = retryOn;
  if (given.tag.length > 0) job.tag = given.tag;
  const site = last("site");
  return {
    help,
    globals: { ...(json ? { json } : {}), ...(site === undefined ? {} : { site }) },
    job,
    key: last("key"),
    beside: given.with,
    environment: given.env,
    sbatchWords,
    script: argv[at],
    arguments: argv.slice(at + 1),
  };
}

const isOwn = (name: string): name is Own => (own as readonly string[]).includes(name);
