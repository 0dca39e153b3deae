// The only shell syntax of the house: words that a POSIX shell gives back exactly as they were.

const plain = /^[A-Za-z0-9_@%+:,./-]+$/;

/**
 * One word of a POSIX shell command that stands for exactly this text: no expansion, no splitting, no end of line.
 * Throws for a NUL byte or half a surrogate pair, which no Unix argument can hold.
 */
export function quote(word: string): string {
  if (word.includes("\0")) throw new Error(`a shell word cannot hold a NUL byte: ${JSON.stringify(word.slice(0, 80))}`);
  if (!word.isWellFormed())
    throw new Error(`a shell word must be well-formed unicode: ${JSON.stringify(word.slice(0, 80))}`);
  return plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Several words, separated by spaces: an argument list, or the values of a for loop. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/** `name=word` as an assignment. The name is ours, never a person's: anything but a shell name throws. */
export function assign(name: string, word: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`not the name of a shell variable: "${name}"`);
  return `${name}=${quote(word)}`;
}
