// The keys of a bucket in S3's order (bytes of UTF-8), and a page of them by prefix, delimiter and where to go on.

type Page = { keys: string[]; prefixes: string[]; next: string | undefined };
type PageQuery = { prefix: string; delimiter: string; after: string; limit: number };

/** A key as a string of its bytes, so that `<` on strings is S3's order. */
export function toBytes(key: string): string {
  return Buffer.from(key, "utf8").toString("latin1");
}

/** The key that `toBytes` was given. */
export function fromBytes(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A sorted set of keys. 100,000 keys cost some 50 µs to insert into, as one move of memory. */
export class KeyOrder {
  #sorted: string[] = [];

  /** Fills an empty set in one go. */
  load(keys: Iterable<string>): void {
    this.#sorted = Array.from(keys, toBytes).sort((a, b) => (a < b ? -1 : 1));
  }

  add(key: string): void {
    const bytes = toBytes(key);
    const at = this.#firstFrom((other) => other >= bytes);
    if (this.#sorted[at] !== bytes) this.#sorted.splice(at, 0, bytes);
  }

  remove(key: string): void {
    const bytes = toBytes(key);
    const at = this.#firstFrom((other) => other >= bytes);
    if (this.#sorted[at] === bytes) this.#sorted.splice(at, 1);
  }

  /**
   * One page. `after` is a string of bytes: a key, or the `next` of the page before; where it is a common prefix of
   * this listing, the whole run below it is skipped, as it was already told.
   */
  page({ prefix, delimiter, after, limit }: PageQuery): Page {
    const start = toBytes(prefix);
    const cut = toBytes(delimiter);
    const page: Page = { keys: [], prefixes: [], next: undefined };
    const found = cut === "" || !after.startsWith(start) ? -1 : after.indexOf(cut, start.length);
    const told = found >= 0 && found + cut.length === after.length;
    let at = this.#firstFrom((key) => key >= start && key > after && !(told && key.startsWith(after)));
    let last = "";
    for (let count = 0; ; count++) {
      const key = this.#sorted[at];
      if (key === undefined || !key.startsWith(start)) return page;
      if (count === limit) {
        page.next = limit > 0 ? last : undefined;
        return page;
      }
      const cutAt = cut === "" ? -1 : key.indexOf(cut, start.length);
      if (cutAt < 0) {
        page.keys.push(fromBytes(key));
        last = key;
        at += 1;
      } else {
        const common = key.slice(0, cutAt + cut.length);
        page.prefixes.push(fromBytes(common));
        last = common;
        at = this.#firstFrom((other) => other > common && !other.startsWith(common));
      }
    }
  }

  /** The index of the first key for which the test holds; it must hold for all later ones too. */
  #firstFrom(test: (key: string) => boolean): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (test(this.#sorted[middle] ?? "")) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
