// One set of resources over another, where some fields exclude each other.
import type { Resources } from "../contract/job.ts";
import { type Issue, shortened } from "../contract/problem.ts";

/** Fields of which a job may have one. */
const rivals = [
  ["memoryMb", "memoryPerCpuMb"],
  ["gpus", "gres"],
] as const;

/** Whether both of a pair would ask for the same thing. Other generic resources than GPUs go beside a number of GPUs. */
const clash = (resources: Resources, [one, other]: (typeof rivals)[number]): boolean =>
  resources[one] !== undefined &&
  resources[other] !== undefined &&
  (other !== "gres" || (resources.gpus !== 0 && /(^|,)gpu(:|,|$)/.test(resources.gres ?? "")));

/** What `over` names, else what `base` has, unless `over` names what excludes it. */
export function mergeResources(base: Resources, over: Resources): Resources {
  const kept = { ...base };
  for (const pair of rivals) {
    const [one, other] = pair;
    if (over[one] !== undefined && clash({ ...kept, ...over }, pair)) delete kept[other];
    if (over[other] !== undefined && clash({ ...kept, ...over }, pair)) delete kept[one];
  }
  return { ...kept, ...over };
}

/** An issue for each field that another of the same request excludes. */
export function rivalIssues(resources: Resources): Issue[] {
  return rivals
    .filter((pair) => clash(resources, pair))
    .map(([one, other]) => ({
      field: `resources.${other}`,
      value: shortened(resources[other]) ?? "",
      accepted: `either this or ${one}, not both`,
    }));
}
