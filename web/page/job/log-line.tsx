// One row of a log: its text in its colours, with the words that are looked for marked.
import type { CSSProperties, ReactNode } from "react";
import type { Segment } from "./ansi-lines.ts";
import type { Match } from "./log-find.ts";
import { type LogText, segmentsIn } from "./log-text.ts";

type LogLineProps = {
  text: LogText;
  line: number;
  from: number;
  to: number;
  matches: readonly Match[];
  current: Match | undefined;
};

export function LogLine({ text, line, from, to, matches, current }: LogLineProps) {
  const content = text.lines[line] ?? "";
  const cut = to === content.length ? text.cut.get(line) : undefined;
  return (
    <>
      {marked(text, line, from, to, matches, current)}
      {cut !== undefined && (
        <span className="log-cut"> … {cut.toLocaleString("en")} more characters of this line are not shown</span>
      )}
    </>
  );
}

function marked(
  text: LogText,
  line: number,
  from: number,
  to: number,
  matches: readonly Match[],
  current: Match | undefined,
): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = from;
  const plain = (end: number) => {
    if (end > at) parts.push(...coloured(text, line, at, end));
    at = Math.max(at, end);
  };
  for (const match of matches) {
    const start = Math.max(from, match.start);
    const end = Math.min(to, match.end);
    if (end <= start) continue;
    plain(start);
    parts.push(
      <mark key={`mark ${start}`} className={match === current ? "log-current" : undefined}>
        {coloured(text, line, start, end)}
      </mark>,
    );
    at = end;
  }
  plain(to);
  return parts;
}

function coloured(text: LogText, line: number, from: number, to: number): ReactNode[] {
  const content = text.lines[line] ?? "";
  const segments = text.colours.get(line);
  if (!segments) return [content.slice(from, to)];
  let at = from;
  return segmentsIn(segments, from, to).map((segment) => {
    const key = at;
    at += segment.text.length;
    return (
      <span key={key} className={classOf(segment)} style={styleOf(segment)}>
        {segment.text}
      </span>
    );
  });
}

const isNamed = (colour: string | undefined): colour is string => colour !== undefined && !colour.startsWith("rgb");

/** The sixteen colours are ours, so that they can be read on light and on dark. */
function classOf({ fg, bg, bold, faint, italic, underline }: Segment): string | undefined {
  const names = [
    isNamed(fg) && `ansi-${fg}`,
    isNamed(bg) && `ansi-on-${bg}`,
    bg !== undefined && "ansi-on",
    bold && "ansi-bold",
    faint && "ansi-faint",
    italic && "ansi-italic",
    underline && "ansi-underline",
  ].filter(Boolean);
  return names.length > 0 ? names.join(" ") : undefined;
}

function styleOf({ fg, bg }: Segment): CSSProperties {
  return {
    ...(fg !== undefined && !isNamed(fg) ? { color: fg } : {}),
    ...(bg !== undefined && !isNamed(bg) ? { backgroundColor: bg } : {}),
  };
}
