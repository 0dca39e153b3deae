// Words for people in what is told to the cloud, cut so that the whole stays within what is taken there.

/** Text that takes at most so many bytes as JSON, its end marked where it was cut; a character stays whole. */
export function cutWords(text: string, most: number): string {
  const size = (words: string) => Buffer.byteLength(JSON.stringify(words)) - 2;
  if (size(text) <= most) return text;
  const kept: string[] = [];
  let left = most - size("…");
  for (const character of text) {
    left -= size(character);
    if (left < 0) break;
    kept.push(character);
  }
  return `${kept.join("")}…`;
}

const longest = 8_000;
const shortest = 30;

/** What `build` makes with words of at most so many bytes each: the longest with which it has at most `bytes` as JSON. */
export function fitting<T>(bytes: number, build: (cut: (words: string) => string) => T): T {
  for (let most = longest; ; most = Math.floor(most / 2)) {
    const built = build((words) => cutWords(words, most));
    if (most < shortest || Buffer.byteLength(JSON.stringify(built)) <= bytes) return built;
  }
}
