// Many small tasks, a few at a time.

/** Runs `task` for every item, at most `atOnce` at a time; results in the items' order. The first error ends it. */
export async function inTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  task: (item: T, place: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const place = next;
      next += 1;
      results[place] = await task(items[place] as T, place);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
