// IAM's wildcards: * and ? in actions, resources and condition values, with policy variables put in as plain text.

/** A pattern in pieces: one character each, or the two wildcards. */
type Pattern = readonly (string | typeof anyText | typeof anyCharacter)[];
const anyText = Symbol("*");
const anyCharacter = Symbol("?");

/** Thrown where a policy variable has neither a value nor a default: the statement then says nothing. */
export class UnresolvedVariable extends Error {
  override name = "UnresolvedVariable" as const;
}

export type Lookup = (key: string) => string | undefined;

const literals: Record<string, string> = { "*": "*", "?": "?", $: "$" };

function variable(text: string, lookup: Lookup): string {
  const literal = literals[text];
  if (literal !== undefined) return literal;
  const [, key = "", fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(text) ?? [];
  const value = key === "" ? undefined : (lookup(key) ?? fallback);
  if (value === undefined) throw new UnresolvedVariable(`the policy variable "\${${text}}" has no value in this call`);
  return value;
}

// Patterns come from policies only, so this stays as small as they are.
const compiled = new Map<string, Pattern>();

/** Splits a pattern. Without a lookup (policies of version 2008-10-17) `${` is plain text. Throws UnresolvedVariable. */
export function compile(text: string, lookup: Lookup | undefined): Pattern {
  if (lookup && text.includes("${")) return split(text, lookup);
  const known = compiled.get(text) ?? split(text, undefined);
  compiled.set(text, known);
  return known;
}

function split(text: string, lookup: Lookup | undefined): Pattern {
  const pieces: (string | typeof anyText | typeof anyCharacter)[] = [];
  for (let at = 0; at < text.length; ) {
    const end = lookup && text.startsWith("${", at) ? text.indexOf("}", at) : -1;
    if (lookup && end > 0) {
      pieces.push(...variable(text.slice(at + 2, end), lookup));
      at = end + 1;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (character === "*") pieces.push(anyText);
    else pieces.push(character === "?" ? anyCharacter : character);
    at += character.length;
  }
  return pieces;
}

/** Whether the whole text fits. Time grows with pattern x text at worst, never exponentially. */
export function fits(pattern: Pattern, text: string): boolean {
  const characters = [...text];
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < characters.length) {
    const piece = pattern[p];
    if (piece === anyText) {
      star = p++;
      resume = t;
    } else if (piece !== undefined && (piece === anyCharacter || piece === characters[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === anyText) p++;
  return p === pattern.length;
}

/** The pieces between colons; the sixth part of an ARN may hold colons itself. Wildcards never cross the first five. */
function segments(pattern: Pattern): Pattern[] {
  const parts: Pattern[] = [];
  let rest = pattern;
  while (parts.length < 5) {
    const colon = rest.indexOf(":");
    if (colon < 0) break;
    parts.push(rest.slice(0, colon));
    rest = rest.slice(colon + 1);
  }
  return [...parts, rest];
}

/** Whether an ARN fits an ARN pattern, part by part; a pattern that ends early is completed with `*`. */
export function fitsArn(pattern: Pattern, arn: string): boolean {
  if (pattern.length === 1 && pattern[0] === anyText) return true;
  const wanted = segments(pattern);
  const parts = arn.split(":");
  if (parts.length < 6) return fits(pattern, arn);
  const found = [...parts.slice(0, 5), parts.slice(5).join(":")];
  return found.every((part, n) => fits(wanted[n] ?? [anyText], part));
}
