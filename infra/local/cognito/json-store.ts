// One of cognito-local's databases as one JSON file, replaced whole at each write: its own store is torn by a kill -9.
import { readFileSync, renameSync, writeFileSync } from "node:fs";

type Tree = Record<string, unknown>;

const reviveDates = (key: string, value: unknown): unknown =>
  key.endsWith("Date") && (typeof value === "string" || typeof value === "number") ? new Date(value) : value;

/** Reads a JSON file with its dates, or undefined where there is none. */
export function readJson(file: string): Tree | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"), reviveDates) as Tree;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}

/** Writes a JSON file so that a reader, or the next start, sees either the old or the new one. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value, undefined, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The shape that cognito-local wants of a store. */
export class JsonStore {
  readonly #file: string;
  readonly #tree: Tree;

  constructor(file: string, defaults: Tree) {
    this.#file = file;
    this.#tree = readJson(file) ?? structuredClone(defaults);
  }

  getRoot(): Promise<Tree> {
    return Promise.resolve(this.#tree);
  }

  get(_context: unknown, key: string | string[], fallback?: unknown): Promise<unknown> {
    let at: unknown = this.#tree;
    for (const part of [key].flat()) {
      at = typeof at === "object" && at !== null && Object.hasOwn(at, part) ? (at as Tree)[part] : undefined;
    }
    return Promise.resolve(at ?? fallback ?? null);
  }

  set(_context: unknown, key: string | string[], value: unknown): Promise<void> {
    const parts = [key].flat();
    const last = parts.pop() ?? "";
    const parent = parts.reduce<Tree>((tree, part) => {
      if (!Object.hasOwn(tree, part)) tree[part] = {};
      return tree[part] as Tree;
    }, this.#tree);
    parent[last] = value;
    writeJson(this.#file, this.#tree);
    return Promise.resolve();
  }

  delete(_context: unknown, key: string | string[]): Promise<void> {
    const parts = [key].flat();
    const last = parts.pop() ?? "";
    const parent = parts.reduce<Tree | undefined>((tree, part) => tree?.[part] as Tree | undefined, this.#tree);
    if (parent) delete parent[last];
    writeJson(this.#file, this.#tree);
    return Promise.resolve();
  }
}
