// The id of a job as it is typed.
import { ulidPattern } from "../../shared/contract/id.ts";
import { CliError } from "./cli-error.ts";

/** Throws CliError for anything but a ULID; lower case is accepted. */
export function jobId(text: string): string {
  const id = text.toUpperCase();
  if (ulidPattern.test(id)) return id;
  throw new CliError(
    "usage",
    `${JSON.stringify(text)} is no id of a job; accepted is a ULID such as 01JQ8X3KZ5W4V7T2N9M6R1C0BD`,
  );
}
