// The application "script" as it was in its version 1: jobs of that time are run anew as they were.
import { type ApplicationSpec, defaultLimits } from "./application-spec.ts";
import { chooseInterpreter } from "./choose-interpreter.ts";
import { scriptParameters } from "./script-parameters.ts";
import { wordsFile } from "./words-file.ts";

const batchScript = `# Runs the person's own script: its interpreter, its path and its arguments come as $1, $2, $3 ... from words.sh.
. ../words.sh
interpreter=$1
program=$2
shift 2
${chooseInterpreter}exec "$interpreter" "$@"
`;

export const script1: ApplicationSpec = {
  id: "script",
  version: "1",
  title: "Script",
  description:
    "Runs a shell or Python script of yours beside its inputs. Every file that it leaves comes back as a result.",
  parameters: {
    type: "object",
    properties: scriptParameters,
    oneOf: [{ required: ["script"] }, { required: ["text"] }],
    additionalProperties: false,
  },
  defaults: { nodes: 1, tasks: 1, cpusPerTask: 1, memoryMb: 512, wallMinutes: 30 },
  limits: defaultLimits,
  script: batchScript,
  files(parameters) {
    const { interpreter, arguments: words } = parameters as { interpreter: string; arguments: string[] };
    return programFiles(parameters, (program) => wordsFile([interpreter, program, ...words]));
  },
};

/** The member's files: its words, and the text of its script where that is no input. */
export function programFiles(
  parameters: Record<string, unknown>,
  wordsOf: (program: string) => string,
): Record<string, string> {
  const { script: input, text } = parameters as { script?: string; text?: string };
  // ./ keeps a name with a leading dash from being read as an option
  const words = wordsOf(input === undefined ? "../program" : `./${input}`);
  return { "words.sh": words, ...(text === undefined ? {} : { program: text }) };
}
