// A fault in words for a person.
import type { DocumentFault } from "./faults.ts";

/** What a fault says at its field. */
export function sentence({ accepted }: Pick<DocumentFault, "accepted">): string {
  return `Accepted is ${accepted}.`;
}

/** What a fault says away from its field: "steps is 0; accepted is a whole number …". */
export function placedSentence({
  field,
  value,
  accepted,
}: Pick<DocumentFault, "field" | "value" | "accepted">): string {
  if (/^inputs\.\d/.test(field)) return `the input ${value}: accepted is ${accepted}.`;
  if (/^mail\.to\.\d/.test(field)) return `the address ${value}: accepted is ${accepted}.`;
  const name = field.replace(/^(parameters|resources)\./, "");
  if (name === "") return sentence({ accepted });
  return value === undefined ? `${name}: accepted is ${accepted}.` : `${name} is ${value}; accepted is ${accepted}.`;
}
