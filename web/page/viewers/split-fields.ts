// The fields of one line of a text table.

export type Separator = "space" | "tab" | "comma" | "semicolon";

const codes = { tab: 9, comma: 44, semicolon: 59 } as const;
const quoteCode = 34;

/**
 * The fields of a line, trimmed. Of a quoted field what is between the quotes, doubled ones as one. With white space as the
 * separator, several blanks count as one; with any other, nothing between two is an empty field.
 * Undefined where a quote stays open: the line goes on in the next.
 */
export function splitFields(line: string, separator: Separator): string[] | undefined {
  if (separator === "space") return line.includes('"') ? spacedQuoted(line) : spaced(line);
  if (!line.includes('"')) return separated(line, codes[separator]);
  return quoted(line, codes[separator]);
}

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff;

function spaced(line: string): string[] {
  const fields: string[] = [];
  const { length } = line;
  let at = 0;
  while (at < length) {
    while (at < length && isBlank(line.charCodeAt(at))) at += 1;
    if (at >= length) break;
    const start = at;
    while (at < length && !isBlank(line.charCodeAt(at))) at += 1;
    fields.push(line.slice(start, at));
  }
  return fields;
}

function separated(line: string, separator: number): string[] {
  const fields: string[] = [];
  let start = 0;
  for (let at = 0; at <= line.length; at += 1) {
    if (at < line.length && line.charCodeAt(at) !== separator) continue;
    fields.push(line.slice(start, at).trim());
    start = at + 1;
  }
  return fields;
}

/** A field in quotes is closed by a quote before a blank or the end; a quote elsewhere is a character. */
function spacedQuoted(line: string): string[] {
  const fields: string[] = [];
  for (const [field] of line.matchAll(/"(?:[^"]|"")*"(?=\s|$)|\S+/g))
    fields.push(/^"(?:[^"]|"")*"$/.test(field) && field.length > 1 ? field.slice(1, -1).replaceAll('""', '"') : field);
  return fields;
}

function quoted(line: string, separator: number): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && line.charCodeAt(at) !== separator && isBlank(line.charCodeAt(at))) at += 1;
    if (line.charCodeAt(at) === quoteCode) {
      const { text, after } = insideQuotes(line, at + 1);
      if (after === undefined) return undefined;
      const end = nextSeparator(line, after, separator);
      // what follows the closing quote is kept: nothing of the file is lost
      fields.push(text + line.slice(after, end).trimEnd());
      at = end;
    } else {
      const end = nextSeparator(line, at, separator);
      fields.push(line.slice(at, end).trim());
      at = end;
    }
    if (at >= line.length) return fields;
    at += 1;
  }
}

function insideQuotes(line: string, start: number): { text: string; after: number | undefined } {
  let text = "";
  let from = start;
  for (;;) {
    const close = line.indexOf('"', from);
    if (close === -1) return { text, after: undefined };
    text += line.slice(from, close);
    if (line.charCodeAt(close + 1) !== quoteCode) return { text, after: close + 1 };
    text += '"';
    from = close + 2;
  }
}

function nextSeparator(line: string, from: number, separator: number): number {
  for (let at = from; at < line.length; at += 1) if (line.charCodeAt(at) === separator) return at;
  return line.length;
}
