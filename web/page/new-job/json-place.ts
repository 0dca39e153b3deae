// Where in the text of the JSON face a field is, so that a fault is shown at it.
import { jsonLanguage } from "@codemirror/lang-json";

type Node = NonNullable<ReturnType<typeof jsonLanguage.parser.parse>["topNode"]>;

/** A part of the text, from and to in UTF-16 units. */
export type Place = { from: number; to: number };

/**
 * The place of the value at a path. Of a field that is not there: the place of the name of what should hold it (of the
 * opening brace where that has none). Works on broken JSON as far as it can be read.
 */
export function findPlace(text: string, path: readonly (string | number)[]): Place {
  const top = jsonLanguage.parser.parse(text).topNode;
  let value: Node | null = top.firstChild;
  let holder: Place | undefined;
  for (const part of path) {
    const next: { value: Node | null; name?: Node } | undefined = value ? step(text, value, part) : undefined;
    if (!value || !next?.value) return holder ?? opening(value);
    holder = next.name ? { from: next.name.from, to: next.name.to } : { from: next.value.from, to: next.value.to };
    value = next.value;
  }
  return value && isScalar(value) ? { from: value.from, to: value.to } : (holder ?? opening(value));
}

function step(text: string, value: Node, part: string | number): { value: Node | null; name?: Node } | undefined {
  if (value.name === "Array") {
    const items = children(value).filter((child) => isValue(child));
    return typeof part === "number" ? { value: items[part] ?? null } : undefined;
  }
  if (value.name !== "Object") return undefined;
  const wanted = String(part);
  // of a name given twice JSON.parse takes the last
  const property = value.getChildren("Property").findLast((one) => {
    const name = one.getChild("PropertyName");
    return name !== null && nameOf(text.slice(name.from, name.to)) === wanted;
  });
  const name = property?.getChild("PropertyName");
  if (!property || !name) return undefined;
  return { value: children(property).find((child) => isValue(child)) ?? null, name };
}

function nameOf(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

function children(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

const scalars = new Set(["String", "Number", "True", "False", "Null"]);
const isScalar = (node: Node) => scalars.has(node.name);
const isValue = (node: Node) => isScalar(node) || node.name === "Object" || node.name === "Array";

function opening(node: Node | null): Place {
  return node ? { from: node.from, to: Math.min(node.from + 1, node.to) } : { from: 0, to: 0 };
}
