// The latest look at a job, as its cluster wrote it: the ends of its logs, and how far it is by its own file.
import { findApplication } from "../../../shared/application/applications.ts";
import { iso } from "../../../shared/aws/clock.ts";
import type { LiveJob, Progress } from "../../../shared/contract/job.ts";
import { maxPeekObjectBytes, Peek, peekKey } from "../../../shared/headnode/peek.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { log } from "../../edge/log.ts";
import type { ApiParts } from "../parts.ts";

/** What was seen of the present attempt; empty where nothing was yet. */
export async function liveView(job: JobRecord, parts: Pick<ApiParts, "results" | "now">): Promise<LiveJob> {
  const peek = await readPeek(job, parts);
  const progress = peek && progressOf(job, peek);
  const { peekUntil } = job;
  return {
    ...(peek ? { at: peek.at } : {}),
    ...(peek?.stdout ? { stdout: peek.stdout } : {}),
    ...(peek?.stderr ? { stderr: peek.stderr } : {}),
    ...(progress ? { progress } : {}),
    ...(job.state === "running" && peekUntil !== undefined && peekUntil > iso(parts.now()) ? { until: peekUntil } : {}),
  };
}

async function readPeek(
  { id, cluster, group, index, attempt }: JobRecord,
  { results }: Pick<ApiParts, "results">,
): Promise<Peek | undefined> {
  if (group === undefined || index === undefined) return undefined;
  const object = await results.readSmall(peekKey(cluster, group, index), maxPeekObjectBytes);
  if (object === undefined) return undefined;
  const peek = object === "too large" ? undefined : parsed(object.bytes);
  // only of this very place is its cluster believed
  if (peek?.cluster === cluster && peek.group === group && peek.index === index)
    if (peek.job === id && peek.attempt === attempt) return peek;
  log({ level: "warn", message: "dropped a look of another form", cluster, group, job: id });
  return undefined;
}

function parsed(bytes: Uint8Array): Peek | undefined {
  try {
    return Peek.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))).data;
  } catch {
    return undefined;
  }
}

function progressOf({ application, version, parameters }: JobRecord, peek: Peek): Progress | undefined {
  if (!peek.progress) return undefined;
  const text = `${peek.progressStart === undefined ? "" : `${peek.progressStart}\n`}${peek.progress.text}`;
  try {
    return findApplication(application, version).progress?.read(text, parameters);
  } catch {
    return undefined; // an application that this site no longer has
  }
}
