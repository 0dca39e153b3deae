// Command documents of schema 2.2: one shell script whose parameters reach it as environment variables only.
import { SsmError } from "./ssm-error.ts";

type Parameter = {
  type: string;
  description?: string;
  default?: string;
  allowedPattern?: string;
  allowedValues?: string[];
  minChars?: number;
  maxChars?: number;
  interpolationType?: string;
};
type Content = {
  schemaVersion?: string;
  description?: string;
  parameters?: Record<string, Parameter>;
  mainSteps?: { action?: string; name?: string; inputs?: Record<string, unknown> }[];
};
export type CommandDocument = {
  name: string;
  description: string;
  /** The content as JSON text. */
  content: string;
  parameters: Record<string, Parameter>;
  step: string;
  script: string;
  workingDirectory: string | undefined;
  /** Seconds after which the script is killed: 3600 unless the step says otherwise. */
  executionTimeout: number;
};

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads a document, given as an object or as JSON. Throws an Error where it is not one that runs here. */
export function readDocument(name: string, given: unknown): CommandDocument {
  const refuse = (what: string) => new Error(`document ${name} ${what}`);
  const content = (typeof given === "string" ? JSON.parse(given) : given) as Content;
  if (content.schemaVersion !== "2.2") throw refuse(`has schemaVersion "${content.schemaVersion}"; "2.2" is accepted`);
  const [step, ...more] = content.mainSteps ?? [];
  if (!step || more.length > 0 || step.action !== "aws:runShellScript") {
    throw refuse("must have exactly one step, of action aws:runShellScript");
  }
  const parameters = content.parameters ?? {};
  for (const [key, { type, interpolationType }] of Object.entries(parameters)) {
    if (!plainName.test(key)) throw refuse(`has a parameter "${key}", which no environment variable can carry`);
    if (type !== "String") throw refuse(`has parameter ${key} of type "${type}"; String is accepted`);
    if (interpolationType !== "ENV_VAR") {
      throw refuse(`has parameter ${key} without interpolationType ENV_VAR: its text would be put into the script`);
    }
  }
  const { runCommand, timeoutSeconds = 3600, workingDirectory } = step.inputs ?? {};
  if (!Array.isArray(runCommand) || !runCommand.every((line) => typeof line === "string")) {
    throw refuse("must have runCommand as a list of lines");
  }
  if (JSON.stringify(step.inputs).includes("{{"))
    throw refuse("has {{ … }} in its step; parameters arrive as $SSM_<name>");
  const executionTimeout = Number(timeoutSeconds);
  if (!Number.isInteger(executionTimeout) || executionTimeout < 1 || executionTimeout > 172_800) {
    throw refuse(`has timeoutSeconds ${JSON.stringify(timeoutSeconds)}; 1 to 172800 is accepted`);
  }
  return {
    name,
    description: content.description ?? "",
    content: JSON.stringify(content),
    parameters,
    step: step.name ?? "aws:runShellScript",
    script: `${runCommand.join("\n")}\n`,
    workingDirectory: typeof workingDirectory === "string" && workingDirectory !== "" ? workingDirectory : undefined,
    executionTimeout,
  };
}

function checkValue(key: string, value: string, parameter: Parameter): void {
  const shown = JSON.stringify(value.slice(0, 80));
  const { allowedPattern, allowedValues, minChars = 0, maxChars = Number.POSITIVE_INFINITY } = parameter;
  if (allowedPattern !== undefined && !new RegExp(`^(?:${allowedPattern})$`, "u").test(value)) {
    throw new SsmError("InvalidParameters", `parameter ${key} is ${shown}; ${allowedPattern} is accepted`);
  }
  if (allowedValues !== undefined && !allowedValues.includes(value)) {
    throw new SsmError(
      "InvalidParameters",
      `parameter ${key} is ${shown}; one of ${allowedValues.join(", ")} is accepted`,
    );
  }
  if (value.length < minChars || value.length > maxChars) {
    throw new SsmError(
      "InvalidParameters",
      `parameter ${key} has ${value.length} characters; ${minChars} to ${maxChars}`,
    );
  }
}

/** The environment variables SSM_<name> for given parameters. Throws SsmError InvalidParameters. */
export function parameterEnvironment(document: CommandDocument, given: unknown): Record<string, string> {
  const invalid = (message: string) => new SsmError("InvalidParameters", message);
  if (given !== undefined && (typeof given !== "object" || given === null || Array.isArray(given))) {
    throw invalid("Parameters must be an object of lists");
  }
  const values = new Map(Object.entries(given ?? {}));
  const stranger = [...values.keys()].find((key) => !Object.hasOwn(document.parameters, key));
  if (stranger !== undefined) throw invalid(`document ${document.name} has no parameter "${stranger.slice(0, 80)}"`);
  const entries = Object.entries(document.parameters).map(([key, parameter]) => {
    const list: unknown = values.get(key) ?? (parameter.default === undefined ? undefined : [parameter.default]);
    if (list === undefined) throw invalid(`parameter ${key} is missing`);
    const [value, ...more] = Array.isArray(list) ? list : [];
    if (typeof value !== "string" || more.length > 0) throw invalid(`parameter ${key} must be a list of one text`);
    if (value.includes("\0")) throw invalid(`parameter ${key} holds a NUL character`);
    checkValue(key, value, parameter);
    return [`SSM_${key}`, value];
  });
  return Object.fromEntries(entries);
}
