// The application "script": any shell or Python script with its inputs.

import { type ApplicationSpec, defaultLimits } from "./application-spec.ts";
import { wordsFile } from "./words-file.ts";

// Linux takes one argument of at most 131,071 bytes; all of them count towards what a job's record may hold
const maxArgumentBytes = 65_536;
const maxTextBytes = 262_144;

// The first line is read here and not by the kernel, so that it works without the execute bit and on noexec folders.
const batchScript = `# Runs the person's own script: its interpreter, its path and its arguments come as $1, $2, $3 ... from words.sh.
. ../words.sh
interpreter=$1
program=$2
shift 2
export PYTHONDONTWRITEBYTECODE=1
if [ "$interpreter" = auto ]; then
  first=$(head -c 512 "$program" | head -n 1 | tr -d '\\000')
  case $first in
    '#!'*)
      first=\${first#'#!'}
      first=\${first%"$(printf '\\r')"}
      first=\${first#"\${first%%[![:blank:]]*}"}
      first=\${first%"\${first##*[![:blank:]]}"}
      interpreter=\${first%%[[:blank:]]*}
      option=\${first#"$interpreter"}
      option=\${option#"\${option%%[![:blank:]]*}"}
      if [ -n "$option" ]; then
        set -- "$option" "$program" "$@"
      else
        set -- "$program" "$@"
      fi
      ;;
    *)
      case $program in
        *.py) interpreter=python3 ;;
        *) interpreter=sh ;;
      esac
      set -- "$program" "$@"
      ;;
  esac
else
  set -- "$program" "$@"
fi
if ! command -v "$interpreter" > /dev/null 2>&1; then
  printf '%s\\n' "There is no interpreter $interpreter on this cluster (PATH is $PATH)." >&2
  exit 127
fi
exec "$interpreter" "$@"
`;

export const script: ApplicationSpec = {
  id: "script",
  version: "1",
  title: "Script",
  description:
    "Runs a shell or Python script of yours beside its inputs. Every file that it leaves comes back as a result.",
  parameters: {
    type: "object",
    properties: {
      script: {
        type: "string",
        title: "Script among the inputs",
        description: "Name of the input that is run. Give this or the text of a script.",
        minLength: 1,
        maxLength: 1_000,
        "x-input": true,
        "x-group": "Script",
      },
      text: {
        type: "string",
        title: "Text of the script",
        description: "The script itself, where it is no input. Up to 256 KB.",
        minLength: 1,
        pattern: "^[^\\u0000]*$",
        "x-accepted": `the text of a script: at least one character, no NUL, at most ${maxTextBytes} bytes`,
        "x-max-bytes": maxTextBytes,
        "x-group": "Script",
      },
      interpreter: {
        type: "string",
        title: "Interpreter",
        description:
          "What runs the script. With auto its first line (#!) decides; without one, a name that ends in .py means python3, and anything else sh.",
        enum: ["auto", "sh", "bash", "python3"],
        default: "auto",
        "x-group": "Script",
      },
      arguments: {
        type: "array",
        title: "Arguments",
        description: "Words that the script gets as its arguments, exactly as they are.",
        items: {
          type: "string",
          pattern: "^[^\\u0000]*$",
          "x-accepted": "text without NUL",
        },
        maxItems: 1_000,
        default: [],
        "x-max-bytes": maxArgumentBytes,
        "x-group": "Arguments",
      },
    },
    oneOf: [{ required: ["script"] }, { required: ["text"] }],
    additionalProperties: false,
  },
  defaults: { nodes: 1, tasks: 1, cpusPerTask: 1, memoryMb: 512, wallMinutes: 30 },
  limits: defaultLimits,
  script: batchScript,
  files(parameters) {
    const {
      script: input,
      text,
      interpreter,
      arguments: words,
    } = parameters as {
      script?: string;
      text?: string;
      interpreter: string;
      arguments: string[];
    };
    // ./ keeps a name with a leading dash from being read as an option
    const program = input === undefined ? "../program" : `./${input}`;
    return {
      "words.sh": wordsFile([interpreter, program, ...words]),
      ...(text === undefined ? {} : { program: text }),
    };
  },
};
