// The names of a job's inputs among each other.
import { type Issue, shortened } from "./problem.ts";

/** An issue for each name that an earlier input has, or that is a folder of another input. */
export function clashingNames(names: readonly string[]): Issue[] {
  const folders = new Set<string>();
  for (const name of names)
    for (let slash = name.indexOf("/"); slash >= 0; slash = name.indexOf("/", slash + 1))
      folders.add(name.slice(0, slash));
  const seen = new Set<string>();
  const issues: Issue[] = [];
  for (const [place, name] of names.entries()) {
    if (seen.has(name) || folders.has(name)) {
      const accepted = seen.has(name) ? "a name that no other input has" : "a name that is no folder of another input";
      issues.push({ field: `inputs.${place}.name`, value: shortened(name) ?? "", accepted });
    }
    seen.add(name);
  }
  return issues;
}
