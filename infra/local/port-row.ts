// The row of ports that a local cloud listens on: given, or free ones that its data folder remembers.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { StartError } from "./start-error.ts";

/** Ports in the row: page, API, S3, Cognito, DynamoDB, SQS, SSM, and the emulators behind them. */
const length = 10;
/** Below the range from which the kernel gives out ports of its own. */
const lowest = 20_000;
const highest = 32_000;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The first of a row's ports that something else listens on. */
async function taken(base: number): Promise<number | undefined> {
  for (let port = base; port < base + length; port += 1) if (!(await isFree(port))) return port;
  return undefined;
}

const allFree = async (base: number): Promise<boolean> => (await taken(base)) === undefined;

/**
 * The first port of the row. 0 asks for any: the folder's own of an earlier start where they are free, so that signed
 * URLs and a head node's watch outlive a start that was killed; else new ones. Throws StartError where a given row is not free.
 */
export async function portRow(port: number, data: string): Promise<number> {
  if (port !== 0) {
    const busy = await taken(port);
    if (busy === undefined) return port;
    throw new StartError(
      `port ${busy} of 127.0.0.1 is taken; the ports ${port} to ${port + length - 1} are wanted: stop what listens there, or give another row with --port=N or HEADGATE_PORT (0: any free ones)`,
    );
  }
  const file = path.join(data, "port");
  const earlier = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (earlier >= lowest && (await allFree(earlier))) return earlier;
  for (let tries = 0; tries < 200; tries += 1) {
    const base = lowest + length * Math.floor((Math.random() * (highest - lowest)) / length);
    if (!(await allFree(base))) continue;
    writeFileSync(file, String(base));
    return base;
  }
  throw new StartError(`no ${length} free ports in a row between ${lowest} and ${highest}`);
}
