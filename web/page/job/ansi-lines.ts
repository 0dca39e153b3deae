// ANSI colours as data: what a log says of colours becomes styles, nothing of it ever becomes HTML. Pure.
// Read here and not by ansi_up, which writes HTML: taken apart again that needs 17 times as long, seconds for a coloured window.

/** A piece of a line in one style. Colours are one of the sixteen by name, or "rgb(…)". */
export type Segment = Style & { text: string };

type Style = {
  readonly fg?: string;
  readonly bg?: string;
  readonly bold?: true;
  readonly faint?: true;
  readonly italic?: true;
  readonly underline?: true;
};

type Line = { text: string; segments: readonly Segment[] | undefined };

/** Control characters but for tab and newline. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const everyControl = new RegExp(controls, "g");
/** Escape sequences: with a string (title, link), colours and other control sequences, character sets, a lone ESC. */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins each
  /\x1b(?:[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\[([\x20-\x3f]*)([\x40-\x7e])?|[ -/][0-~]?|[0-Z\\^-~])?/g;

const plain: Style = {};
const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** Whether a text holds anything but what is shown as it is. */
export const hasControls = (text: string): boolean => controls.test(text);

/** Reads lines in their order; a colour lasts until another is set, over line ends too. */
export class AnsiLines {
  #style = plain;

  /** What is shown of the next line, and in which styles; undefined: in none. */
  read(line: string): Line {
    if (this.#style === plain && !line.includes("\x1b"))
      return { text: hasControls(line) ? pictures(line) : line, segments: undefined };
    const segments: Segment[] = [];
    let at = 0;
    for (const found of line.matchAll(escapes)) {
      this.#add(segments, line.slice(at, found.index));
      at = found.index + found[0].length;
      const [, words = "", command] = found;
      if (command === "m" && /^[\d;]*$/.test(words)) this.#style = styled(this.#style, words);
    }
    this.#add(segments, line.slice(at));
    const text = segments.map((segment) => segment.text).join("");
    const isPlain = segments.every((segment) => Object.keys(segment).length === 1);
    return { text, segments: isPlain ? undefined : segments };
  }

  #add(segments: Segment[], text: string): void {
    if (text !== "") segments.push({ ...this.#style, text: pictures(text) });
  }
}

const pictures = (text: string): string => text.replace(everyControl, picture);

/** U+2400 to U+2421 are made for this; for those above 127 there are no pictures. */
function picture(one: string): string {
  const code = one.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** A style after the words of a "select graphic rendition"; what is not known changes nothing. */
function styled(before: Style, words: string): Style {
  let style = before;
  const codes = words.split(";").map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const side = code === 38 ? "fg" : "bg";
      const colour = codes[at + 1] === 5 ? indexed(codes[at + 2]) : rgb(codes.slice(at + 2, at + 5));
      at += codes[at + 1] === 5 ? 2 : codes[at + 1] === 2 ? 4 : 0;
      if (colour) style = { ...style, [side]: colour };
    } else style = simple(style, code);
  }
  return Object.keys(style).length === 0 ? plain : style;
}

function simple(style: Style, code: number): Style {
  const { fg: _fg, ...noFg } = style;
  const { bg: _bg, ...noBg } = style;
  const { bold: _bold, faint: _faint, ...noWeight } = style;
  const { italic: _italic, ...noItalic } = style;
  const { underline: _underline, ...noUnderline } = style;
  if (code === 0) return plain;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, faint: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4) return { ...style, underline: true };
  if (code === 22) return noWeight;
  if (code === 23) return noItalic;
  if (code === 24) return noUnderline;
  if (code === 39) return noFg;
  if (code === 49) return noBg;
  const name = names[code % 10];
  if (name === undefined) return style;
  const tens = Math.floor(code / 10);
  if (tens === 3) return { ...style, fg: name };
  if (tens === 4) return { ...style, bg: name };
  if (tens === 9) return { ...style, fg: `bright-${name}` };
  return tens === 10 ? { ...style, bg: `bright-${name}` } : style;
}

const levels = [0, 95, 135, 175, 215, 255];

/** One of the 256 colours of xterm. */
function indexed(index: number | undefined): string | undefined {
  if (index === undefined || index > 255) return undefined;
  if (index < 8) return names[index];
  if (index < 16) return `bright-${names[index - 8]}`;
  if (index >= 232) return rgb(Array<number>(3).fill(8 + 10 * (index - 232)));
  const at = index - 16;
  return rgb([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((one) => levels[one] ?? 0));
}

const rgb = (parts: readonly number[]): string | undefined =>
  parts.length === 3 && parts.every((part) => part <= 255) ? `rgb(${parts.join(",")})` : undefined;
