// ANSI colours as data: ansi_up reads what is a colour, nothing of a log ever becomes HTML. Pure.
import { AnsiUp } from "ansi_up";

/** A piece of a line in one style. Colours are one of the sixteen by name, or "rgb(…)". */
export type Segment = {
  text: string;
  fg?: string;
  bg?: string;
  bold?: boolean;
  faint?: boolean;
  italic?: boolean;
  underline?: boolean;
};

type Line = { text: string; segments: readonly Segment[] | undefined };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const everyControl = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Escape sequences: with a string (title, link), colours and other control sequences, character sets, a lone ESC. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins each
const escapes = /\x1b(?:[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\[([\x20-\x3f]*)([\x40-\x7e])?|[ -/][0-~]?|[0-Z\\^-~])?/g;

/** Reads lines in their order; a colour lasts until another is set, over line ends too. */
export class AnsiLines {
  #ansi = newAnsi();
  /** Whether a colour is set at the end of what was read. */
  #coloured = false;

  /** What is shown of the next line, and in which colours; undefined: in none. */
  read(line: string): Line {
    if (!this.#coloured && !controls.test(line)) return { text: line, segments: undefined };
    const plain = !this.#coloured && !line.includes("\x1b");
    if (plain) return { text: pictures(line), segments: undefined };
    // only whole, valid colours are handed on: ansi_up waits for the rest of anything else, and would swallow what follows
    const handed = line.replace(escapes, (found, words: string | undefined, command: string | undefined) =>
      command === "m" && /^[\d;]*$/.test(words ?? "") ? found : "",
    );
    const segments = segmentsOf(this.#ansi.ansi_to_html(keepColours(handed)));
    this.#coloured = this.#ansi.ansi_to_html("x") !== "x";
    const text = segments.map((segment) => segment.text).join("");
    return { text, segments: segments.some(isStyled) ? segments : undefined };
  }
}

function newAnsi(): AnsiUp {
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  ansi.url_allowlist = {};
  return ansi;
}

/** Pictures for all control characters but the ESC of the colours that are left. */
const keepColours = (text: string): string =>
  text.replace(everyControl, (one) => (one === "\x1b" ? one : picture(one)));

const pictures = (text: string): string => text.replace(everyControl, picture);

/** U+2400 to U+2421 are made for this; for those above 127 there are no pictures. */
function picture(one: string): string {
  const code = one.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

const isStyled = ({ text: _, ...style }: Segment): boolean => Object.keys(style).length > 0;

const pieces = /<span(?: style="([^"]*)")?(?: class="([^"]*)")?>([^<]*)<\/span>|([^<]+)/g;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
const unescaped = (html: string): string => html.replace(/&(amp|lt|gt|quot|#x27);/g, (_, name) => entities[name] ?? "");

/** Takes ansi_up's HTML apart again: spans of classes and styles around escaped text, nothing else. */
function segmentsOf(html: string): Segment[] {
  return [...html.matchAll(pieces)].map(([, style = "", classes = "", inside, outside]) => {
    const rgb = (name: string) => new RegExp(`(?:^|;)${name}:(rgb\\([\\d,]+\\))`).exec(style)?.[1];
    const named = (side: string) => new RegExp(`ansi-([a-z-]+)-${side}(?: |$)`).exec(classes)?.[1];
    const fg = rgb("color") ?? named("fg");
    const bg = rgb("background-color") ?? named("bg");
    return {
      text: unescaped(inside ?? outside ?? ""),
      ...(fg ? { fg } : {}),
      ...(bg ? { bg } : {}),
      ...(style.includes("bold") ? { bold: true } : {}),
      ...(style.includes("opacity") ? { faint: true } : {}),
      ...(style.includes("italic") ? { italic: true } : {}),
      ...(style.includes("underline") ? { underline: true } : {}),
    };
  });
}
