// The last line of a log, fit to be quoted in a sentence: no colours, no control characters, nothing that turns text around.

const most = 300;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const controls = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/g;

/** At most 300 characters of the last line that is not blank; undefined where there is none. */
export function lastLine(text: string): string | undefined {
  const lines = text.replaceAll(sequences, "").split(/[\r\n]+/);
  const line = lines.map((one) => one.replaceAll(controls, " ").trim()).findLast((one) => one !== "");
  if (line === undefined) return undefined;
  const characters = [...line.toWellFormed()];
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}
