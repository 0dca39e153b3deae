// A job's log as it is: of one that runs from the cluster's looks, of one that has ended from its result file.
import { isFinal, type Job, type JobFile, type LiveText } from "../../shared/contract/job.ts";
import { openRange } from "../client/download.ts";
import { isSettled } from "../client/follow.ts";
import type { GatewayClient } from "../client/gateway-client.ts";
import { isPassing, sleep } from "../client/retry.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./cli-error.ts";
import { nameWords } from "./words.ts";

export type LogRole = "stdout" | "stderr";

export type LogPace = {
  /** How often the cluster is asked to go on looking (ms). */
  askMs: number;
  /** How often a look is read (ms). */
  lookMs: number;
};
export const logPace: LogPace = { askMs: 15_000, lookMs: 5_000 };

/** So long one look is waited for (ms). */
const longestLookMs = 60_000;

const utf8 = new TextEncoder();

/** Prints what there is of a log, and with `follow` what is added until the job has ended. */
export async function printLog(
  cli: Cli,
  client: GatewayClient,
  id: string,
  role: LogRole,
  follow: boolean,
  pace = logPace,
): Promise<void> {
  const place = { bytes: 0 };
  let job = await client.job(id);
  let asked = 0;
  const begun = Date.now();
  while (!isSettled(job)) {
    if (job.state === "running") {
      const now = Date.now();
      const ask = now - asked >= pace.askMs;
      const live = await waitOut(() => (ask ? client.peek(id) : client.live(id)));
      if (ask && live) asked = now;
      if (live) printLook(cli, live[role], place);
      if (live?.at !== undefined && !follow) return;
      if (!follow && Date.now() - begun > longestLookMs)
        throw new CliError(
          "unreachable",
          `the cluster has not looked at job ${id} for a minute; try again, or follow it with -f`,
        );
    } else if (!follow && !isFinal(job.state) && job.state !== "collecting") {
      throw new CliError("results", `job ${id} has no log yet: it is ${job.state}; with -f it is waited for`);
    }
    await sleep(job.state === "running" ? pace.lookMs : 1_000);
    const before = job.attempt;
    job = (await waitOut(() => client.job(id))) ?? job;
    if (job.attempt === before) continue;
    cli.say(
      `\n[attempt ${job.attempt}: its log begins here; all of attempt ${before} comes with headgate get ${id} --attempt ${before}]\n`,
    );
    place.bytes = 0;
    // looks are asked for by attempt
    asked = 0;
  }
  await printRest(cli, client, job, role, place.bytes);
}

/** A failure that may pass is no answer this time. */
async function waitOut<T>(asked: () => Promise<T>): Promise<T | undefined> {
  try {
    return await asked();
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}

/**
 * Prints what a look has beyond what was printed. A look may begin or end within a character, which its text has as U+FFFD:
 * at its end it is left for the next look (but one of four bytes that lacks its last, which cannot be told from a U+FFFD that
 * was written); at its beginning it belongs to what was printed, or to what is left out.
 */
export function printLook(cli: Pick<Cli, "out" | "say">, look: LiveText | undefined, place: { bytes: number }): void {
  if (!look || look.size <= place.bytes) return;
  // nothing but pieces of characters: more will come
  if (/^\ufffd{1,3}$/.test(look.text)) return;
  const cutAtStart = look.from === 0 ? 0 : (/^\ufffd{0,3}/.exec(look.text)?.[0].length ?? 0);
  let bytes = utf8.encode(look.text);
  let size = look.size;
  // each U+FFFD has three bytes: at the start it stands for one, at the end for the one to three of a character that is not whole
  const cutAtEnd = 3 - (bytes.length - (look.size - look.from) - 2 * cutAtStart);
  if (look.text.endsWith("\ufffd") && (cutAtEnd === 1 || cutAtEnd === 2)) {
    bytes = bytes.subarray(0, -3);
    size -= cutAtEnd;
  }
  if (size <= place.bytes) return;
  let skip = Math.max(0, bytes.length - (size - place.bytes));
  if (look.from > place.bytes) {
    cli.say(`\n[${look.from - place.bytes} bytes are not shown here; they come back with the results]\n`);
    skip = 3 * cutAtStart;
  }
  cli.out(bytes.subarray(skip));
  place.bytes = size;
}

/** The file of a job's log. Throws CliError where there is none. */
export async function findLog(client: GatewayClient, job: Job, role: LogRole): Promise<JobFile> {
  if (job.results.state !== "available")
    throw new CliError(
      "results",
      `the results of job ${job.id} are ${job.results.state}${job.results.reason ? `: ${job.results.reason}` : ""}`,
    );
  let cursor: string | undefined;
  do {
    const page = await client.files(job.id, { cursor, limit: 1_000 });
    const found = page.files.find((file) => file.role === role);
    if (found) return found;
    cursor = page.cursor;
  } while (cursor !== undefined);
  throw new CliError("absent", `job ${job.id} has no ${role}`);
}

async function printRest(cli: Cli, client: GatewayClient, job: Job, role: LogRole, from: number): Promise<void> {
  await printRange(cli, client, await findLog(client, job, role), from);
}

/** Prints a file from a byte on; a connection that is cut is taken up where it was. */
export async function printRange(
  cli: Pick<Cli, "out">,
  client: GatewayClient,
  file: JobFile,
  from: number,
): Promise<void> {
  let at = from;
  for (let cuts = 0; at < file.size; ) {
    const begun = at;
    try {
      const { body, start } = await openRange(file, at, client.options);
      let skip = at - start;
      for await (const chunk of body) {
        const bytes = chunk.subarray(Math.min(skip, chunk.length));
        skip -= Math.min(skip, chunk.length);
        if (bytes.length > 0) cli.out(bytes);
        at += bytes.length;
      }
      if (at === begun) throw new CliError("results", `${nameWords(file.path)} ends at byte ${at} of ${file.size}`);
    } catch (error) {
      cuts = at > begun ? 1 : cuts + 1;
      if (error instanceof CliError || cuts >= 5) throw error;
      await sleep(300 * 2 ** cuts);
    }
  }
}

/** Prints the last lines of a file, read from its end. */
export async function printLines(
  cli: Pick<Cli, "out">,
  client: GatewayClient,
  file: JobFile,
  lines: number,
): Promise<void> {
  for (let reach = 65_536; ; reach *= 4) {
    const from = Math.max(0, file.size - reach);
    const pieces: Uint8Array[] = [];
    await printRange({ out: (piece) => pieces.push(piece as Uint8Array) }, client, file, from);
    const bytes = Buffer.concat(pieces);
    let at = bytes.at(-1) === 10 ? bytes.length - 1 : bytes.length;
    let found = 0;
    while (found < lines && at > 0) {
      at = bytes.lastIndexOf(10, at - 1);
      if (at < 0) break;
      found += 1;
    }
    if (found < lines && from > 0) continue;
    cli.out(found === lines ? bytes.subarray(at + 1) : bytes);
    return;
  }
}
