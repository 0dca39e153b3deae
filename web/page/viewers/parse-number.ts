// Numbers as programs write them: C, Python and Fortran.

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const fortran = /^([+-]?(?:\d+\.?\d*|\.\d+))[dDqQ]([+-]?\d+)$/;
// the letter falls away before an exponent of three digits; without a point it could be a date
const bare = /^([+-]?(?:\d+\.\d*|\.\d+))([+-]\d{3})$/;
const nan = /^[+-]?(?:s|q)?nan(?:\(.*\))?$/i;
const infinite = /^([+-]?)inf(?:inity)?$/i;
const longest = 40;

/**
 * The number that a word stands for: decimal, with an exponent of E, Fortran's D or Q, or Fortran's bare one ("1.5-101"), or
 * nan and inf in any case. Undefined where it is none, and where it is a whole number that would lose digits.
 */
export function parseNumber(word: string): number | undefined {
  const { length } = word;
  if (length === 0 || length > longest) return undefined;
  const first = word.charCodeAt(0);
  const digit = first >= 48 && first <= 57;
  // a digit, a sign, a dot, or the first letter of nan and inf
  if (!digit && first !== 43 && first !== 45 && first !== 46) return named(word);
  const value = Number(word);
  if (!Number.isNaN(value)) {
    // Number() takes 0x10 and 0b1 as well, and "Infinity" after a sign
    if (length > 1 && !(value < 1e15 && value > -1e15 && isPlainFast(word))) return careful(word, value);
    return value;
  }
  const read = fortran.exec(word) ?? bare.exec(word);
  if (read) return Number(`${read[1]}e${read[2]}`);
  return named(word);
}

/** Digits, signs, dots and exponents only. */
function isPlainFast(word: string): boolean {
  for (let at = 1; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if ((code < 48 || code > 57) && code !== 46 && code !== 101 && code !== 69 && code !== 43 && code !== 45)
      return false;
  }
  return true;
}

function careful(word: string, value: number): number | undefined {
  if (!plain.test(word)) return named(word);
  // whole and long: it is the number itself, or the shortest way of writing that number
  const whole = /^\+?(-?\d+)$/.exec(word)?.[1];
  return whole === undefined || whole === String(value) || BigInt(whole) === BigInt(value) ? value : undefined;
}

function named(word: string): number | undefined {
  if (nan.test(word)) return Number.NaN;
  const read = infinite.exec(word);
  if (read) return read[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
}

/** How many digits follow the point; undefined where there is an exponent or no number in digits. */
export function decimalsOf(word: string): number | undefined {
  const last = word.charCodeAt(word.length - 1);
  if ((last < 48 || last > 57) && last !== 46) return undefined;
  const dot = word.indexOf(".");
  for (let at = 1; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if ((code < 48 || code > 57) && code !== 46) return undefined;
  }
  return dot === -1 ? 0 : word.length - dot - 1;
}
