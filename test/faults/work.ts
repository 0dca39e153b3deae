// What each job of a campaign does, and all that it must leave: known before it runs.

/** A job of the campaign: its number is all that its output is made from. */
export type Work = {
  n: number;
  person: "alice" | "bob";
  /** Seconds that it sleeps between its two lines in the ledger. */
  nap: number;
  /** What it exits with. */
  exit: number;
  /** Whether it reads the input that the campaign has uploaded. */
  input: boolean;
  /** Whether its owner wants to hear of its end by mail. */
  mail: boolean;
  /** MB that it asks for: jobs that are alike become an array, and one of a size of its own stays alone. */
  memoryMb: number;
};

/**
 * The script of every job; its words are the number, the nap, the exit code and the ledger. A line of the ledger is
 * "begin|end NUMBER GROUP INDEX SLURM-JOB", written at once. The group and the index are those of the folder it stands in.
 */
export const script = `set -eu
n=$1 nap=$2 code=$3 ledger=$4
member=\${PWD%/work}
index=\${member##*/}
group=\${member%/members/*}
group=\${group##*/}
printf 'begin %s %s %s %s\\n' "$n" "$group" "$index" "\${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}" >> "$ledger"
echo "answer $((n * n + 17))"
sleep "$nap"
echo "$((n * 7919 + 13))" > answer.txt
mkdir -p deep
seq "$n" "$((n + n % 97))" > deep/list.txt
if [ -e input.txt ]; then tr a-z A-Z < input.txt > upper.txt; fi
printf 'end %s %s %s %s\\n' "$n" "$group" "$index" "\${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}" >> "$ledger"
exit "$code"
`;

export const inputText = "a line of the input that some jobs read\n";

/** The words that the script of a job gets. */
export const wordsOf = (work: Work, ledger: string): string[] => [
  String(work.n),
  work.nap.toFixed(2),
  String(work.exit),
  ledger,
];

/** What lies in the results of a job that came to its end, by path. */
export function outputOf({ n, input }: Work): Map<string, string> {
  const list = Array.from({ length: (n % 97) + 1 }, (_, k) => `${n + k}\n`).join("");
  return new Map([
    ["stdout", `answer ${n * n + 17}\n`],
    ["stderr", ""],
    ["answer.txt", `${n * 7919 + 13}\n`],
    ["deep/list.txt", list],
    ...(input ? ([["upper.txt", inputText.toUpperCase()]] as const) : []),
  ]);
}
