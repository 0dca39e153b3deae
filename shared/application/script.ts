// The application "script": any shell or Python script with its inputs.
import { type Issue, shortened } from "../contract/problem.ts";
import { assign, quoteWords } from "../shell/quote.ts";
import { expandFunction, outputNameFault, outputNameWords } from "../slurm/output-name.ts";
import { type ApplicationSpec, defaultLimits } from "./application-spec.ts";
import { chooseInterpreter } from "./choose-interpreter.ts";
import { programFiles } from "./script-1.ts";
import { maxArgumentBytes, scriptParameters } from "./script-parameters.ts";
import { wordsFile } from "./words-file.ts";

// What Slurm says of an array is about the group that the job was submitted in, which is not the script's business: only a
// job that was asked for as a member of an array is told of one, as sbatch would have told it.
// With output in files the program is not exec'd: readers copy what it says to the file and to the job's own log. They are
// not waited for without end, since a process that the program left behind may hold their pipes open.
const batchScript = `# Runs the person's own script: how comes as $1, $2, $3 ... from words.sh, its variables from environment.sh.
slurm_job=\${SLURM_JOB_ID:-0}
slurm_array=\${SLURM_ARRAY_JOB_ID:-$slurm_job}
# what Slurm itself writes for %a outside an array
slurm_task=4294967294
unset SLURM_ARRAY_JOB_ID SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX SLURM_ARRAY_TASK_STEP
export SLURM_SUBMIT_DIR="$PWD"
. ../words.sh
interpreter=$1
program=$2
output=$3
error=$4
shift 4
${chooseInterpreter}set -- "$interpreter" "$@"
. ../environment.sh
if [ "$slurm_task" != 4294967294 ]; then
  export SLURM_ARRAY_JOB_ID="$slurm_array"
fi
if [ -z "$output$error" ]; then
  exec "$@"
fi

${expandFunction}
# copy PIPE FILE: what comes through the pipe goes to the file, and on to this shell's output; the reader is in $readers.
readers=
copy() {
  case $2 in
    */*) mkdir -p -- "\${2%/*}" ;;
  esac
  rm -f -- "$1"
  if ! mkfifo -- "$1" || ! true > "./$2"; then
    printf '%s\\n' "The file $2 for the script's output cannot be made." >&2
    exit 73
  fi
  (
    trap '' TERM INT HUP
    exec tee -- "./$2"
  ) < "$1" &
  readers="$readers $!"
}

expand "$output"
output=$expanded
expand "$error"
error=$expanded
child=
told=
trap 'told=TERM; kill -TERM "$child" 2>/dev/null' TERM
trap 'told=INT; kill -INT "$child" 2>/dev/null' INT
trap 'told=HUP; kill -HUP "$child" 2>/dev/null' HUP
[ -z "$output" ] || copy ../output.pipe "$output"
if [ -z "$error" ] || [ "$error" = "$output" ]; then
  "$@" > ../output.pipe 2>&1 &
else
  copy ../error.pipe "$error" >&2
  if [ -n "$output" ]; then
    "$@" > ../output.pipe 2> ../error.pipe &
  else
    "$@" 2> ../error.pipe &
  fi
fi
child=$!
# it came before the child was known
[ -z "$told" ] || kill -"$told" "$child" 2>/dev/null
# A trapped signal ends wait early: wait again until the child has really ended.
while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
patience=100
for reader in $readers; do
  while kill -0 "$reader" 2>/dev/null && [ "$patience" -gt 0 ]; do
    patience=$((patience - 1))
    sleep 0.05
  done
  kill -KILL "$reader" 2>/dev/null
done
rm -f ../output.pipe ../error.pipe
exit "$code"
`;

export const script: ApplicationSpec = {
  id: "script",
  version: "2",
  title: "Script",
  description:
    "Runs a shell or Python script of yours beside its inputs. Every file that it leaves comes back as a result.",
  parameters: {
    type: "object",
    properties: {
      ...scriptParameters,
      environment: {
        type: "array",
        title: "Environment",
        description: "Variables that the script finds in its environment, each as NAME=value.",
        items: {
          type: "string",
          pattern: "^[A-Za-z_][A-Za-z0-9_]*=[^\\u0000]*$",
          "x-accepted": "NAME=value: a name of letters, digits and _, no digit first, and a value without NUL",
        },
        maxItems: 200,
        default: [],
        "x-max-bytes": maxArgumentBytes,
        "x-group": "Environment",
      },
      output: {
        type: "string",
        title: "File for the output",
        description: `A file that gets the script's output, which the job's log has too: ${outputNameWords}.`,
        minLength: 1,
        maxLength: 1_000,
        "x-group": "Output",
      },
      error: {
        type: "string",
        title: "File for the errors",
        description: "The same for the error output. Blank: it goes where the output goes.",
        minLength: 1,
        maxLength: 1_000,
        "x-group": "Output",
      },
    },
    oneOf: [{ required: ["script"] }, { required: ["text"] }],
    additionalProperties: false,
  },
  defaults: { tasks: 1, cpusPerTask: 1, memoryMb: 512, wallMinutes: 30 },
  limits: defaultLimits,
  script: batchScript,
  check(parameters, inputs) {
    const { environment = [] } = parameters as { environment?: string[] };
    const names = environment.map(nameOf);
    const issues: Issue[] = names.flatMap((name, place) =>
      names.indexOf(name) === place
        ? []
        : [issueOf(`environment.${place}`, environment[place], `each name once; ${name} is there already`)],
    );
    for (const field of ["output", "error"] as const) {
      const name = parameters[field];
      if (typeof name !== "string") continue;
      const fault = inputs.includes(name) ? "a name that no input has" : outputNameFault(name);
      if (fault) issues.push(issueOf(field, name, fault));
    }
    return issues;
  },
  files(parameters) {
    const {
      interpreter,
      arguments: words,
      environment,
      output = "",
      error = "",
    } = parameters as {
      interpreter: string;
      arguments: string[];
      environment: string[];
      output?: string;
      error?: string;
    };
    const wordsOf = (program: string) => wordsFile([interpreter, program, output, error, ...words]);
    return { ...programFiles(parameters, wordsOf), "environment.sh": environmentFile(environment) };
  },
};

/** Puts env before the command in $@; the sh behind it takes any command, one with = in its name too. */
function environmentFile(variables: readonly string[]): string {
  if (variables.length === 0) return "# none\n";
  const task = variables.find((one) => nameOf(one) === "SLURM_ARRAY_TASK_ID");
  const before = ["env", ...variables, "/bin/sh", "-c", 'exec "$@"', "sh"];
  return `${task === undefined ? "" : `${assign("slurm_task", textOf(task))}\n`}set -- ${quoteWords(before)} "$@"\n`;
}

const nameOf = (variable: string): string => variable.slice(0, variable.indexOf("="));
const textOf = (variable: string): string => variable.slice(variable.indexOf("=") + 1);

function issueOf(field: string, value: unknown, accepted: string): Issue {
  return { field: `parameters.${field}`, value: shortened(value) ?? "", accepted };
}
