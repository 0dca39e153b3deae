// Words of mails: people's own text made harmless on a line and in HTML, times and lengths for reading.

/** On one line, with nothing invisible that would turn or hide what follows, and at most `longest` characters. */
export function oneLine(text: string, longest: number): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, " ")
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "")
    .trim();
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join("")}…`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML that shows just that. */
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);

/** "2026-01-02 03:04:05 UTC" of an instant in ISO 8601. */
export const instant = (at: string): string => `${at.slice(0, 19).replace("T", " ")} UTC`;

/** "1 h 5 min", "5 min 3 s", "3 s" between two instants in ISO 8601; undefined where one is not known. */
export function duration(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const from1 = units.findIndex(([count]) => count > 0);
  if (from1 < 0) return "0 s";
  return units
    .slice(from1, from1 + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** "1 file", "3 files". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "812 B", "3.4 MB". */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** One row of what a mail says: a label and one line. */
export type Row = readonly [label: string, line: string];

/** The two bodies of a mail: a sentence, rows, links by what they lead to, and why it came. */
export function bodies(o: { sentence: string; rows: readonly Row[]; links: readonly Row[]; site: string }): {
  text: string;
  html: string;
} {
  const why = `You get this mail because it was asked for when the job was submitted at ${o.site}.`;
  const width = Math.max(0, ...o.rows.map(([label]) => label.length)) + 2;
  const text = [
    o.sentence,
    "",
    ...o.rows.map(([label, line]) => `${`${label}:`.padEnd(width)}${line}`),
    "",
    ...o.links.flatMap(([label, url]) => [`${label}:`, `  ${url}`]),
    "",
    "-- ",
    why,
    "",
  ].join("\n");
  const cell = (tag: string, style: string, line: string) => `<${tag} style="${style}">${escaped(line)}</${tag}>`;
  const rows = o.rows.map(
    ([label, line]) =>
      `<tr>${cell("th", "text-align:left;vertical-align:top;padding:2px 16px 2px 0;color:#555;font-weight:normal", label)}${cell("td", "padding:2px 0", line)}</tr>`,
  );
  const links = o.links.map(([label, url]) => `<p><a href="${escaped(url)}">${escaped(label)}</a></p>`);
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
    '<body style="font:16px/1.5 system-ui,sans-serif;color:#222">',
    cell("p", "font-size:18px", o.sentence),
    `<table style="border-collapse:collapse">${rows.join("")}</table>`,
    ...links,
    cell("p", "color:#666;font-size:13px", why),
    "</body></html>",
  ].join("\n");
  return { text, html };
}
