// JSON as programs write it: numpy's NaN and Infinity too, and one value a line.

export type ReadJson = { value: unknown; note?: string };

const mostLines = 10_000;

/** Reads JSON, JSON with NaN and Infinity, or a line of JSON each. Throws SyntaxError with the place where it ends to be any. */
export function readJson(text: string): ReadJson {
  const bare = text.replace(/^\uFEFF/, "");
  try {
    return { value: JSON.parse(bare) };
  } catch (error) {
    const tolerant = withNamedNumbers(bare);
    if (tolerant !== undefined)
      return { value: tolerant, note: "NaN and Infinity, which JSON does not know, are shown as text." };
    const lines = linesOfJson(bare);
    if (lines) return lines;
    throw error;
  }
}

function withNamedNumbers(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return undefined;
  const quoted = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (word) =>
    word.startsWith('"') ? word : `"${word}"`,
  );
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

function linesOfJson(text: string): ReadJson | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return undefined;
  try {
    const values = lines.slice(0, mostLines).map((line) => JSON.parse(line) as unknown);
    const all = lines.length <= mostLines;
    return {
      value: values,
      note: all
        ? `${lines.length.toLocaleString("en")} lines of JSON.`
        : `The first ${mostLines.toLocaleString("en")} of ${lines.length.toLocaleString("en")} lines of JSON.`,
    };
  } catch {
    return undefined;
  }
}
