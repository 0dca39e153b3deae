// Chance that can be repeated: the same seed gives the same throws in the same order.

export type Dice = {
  /** from 0 to below 1 */
  share(): number;
  between(from: number, to: number): number;
  /** a whole number from 0 to below n */
  below(n: number): number;
  chance(probability: number): boolean;
};

/** Dice of a seed and of words that tell one use from another. */
export function diceOf(seed: number, ...words: (string | number)[]): Dice {
  let state = seed >>> 0;
  for (const character of words.join("/")) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0;
  const share = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    share,
    between: (from, to) => from + (to - from) * share(),
    below: (n) => Math.floor(share() * n),
    chance: (probability) => share() < probability,
  };
}
