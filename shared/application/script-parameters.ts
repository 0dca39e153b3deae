// The parameters that every version of the application "script" has.
import type { ParameterSchema } from "./application-spec.ts";

// Linux takes one argument of at most 131,071 bytes; all of them count towards what a job's record may hold
export const maxArgumentBytes = 65_536;
const maxTextBytes = 262_144;

export const scriptParameters = {
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
} as const satisfies Record<string, ParameterSchema>;
