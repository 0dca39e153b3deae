// The flags of `npm start`, and the environment variables that stand for them.
import path from "node:path";
import { parseArgs } from "node:util";

export type Flags = {
  slurm: "stand-in" | "private" | "existing";
  dynamo: "dynalite" | "dynamodb-local";
  port: number;
  data: string;
  welcome: boolean;
  /** How many clusters run, each with a Slurm and a head node of its own. */
  clusters: number;
  /** Nodes of each private Slurm; the first counts for those that have none. */
  nodes: number[];
  scale: number;
};

export const usage = `npm start -- [flags]
  --slurm=stand-in    jobs run as local processes; no Slurm needed (the default)
  --slurm=private     a real Slurm of our own from installed packages (slurm-wlm, munge)
  --slurm=existing    the Slurm that answers on this machine
  --clusters=1 | 2    how many clusters, each with a Slurm and a head node of its own (1)
  --nodes=N[,N]       nodes of the private Slurm; with two clusters, of each (2)
  --port=N            first of a row of ports (HEADGATE_PORT, 4780; 0: any free ones)
  --data=FOLDER       where state is kept (HEADGATE_DATA, .headgate)
  --dynamo=dynalite | dynamodb-local   the latter needs Java 17
  --scale=N           divides the gateway's waiting times (10)
  --no-welcome        starts without the welcome job`;

/** A flag that is not understood; its message says what is accepted. */
export class FlagError extends Error {
  override readonly name = "FlagError" as const;
}

function oneOf<const T extends string>(name: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((one) => one === value);
  if (found === undefined) throw new FlagError(`--${name}=${value}: accepted are ${accepted.join(", ")}`);
  return found;
}

function whole(name: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most)
    throw new FlagError(`--${name}=${value}: accepted is a whole number from ${least} to ${most}`);
  return number;
}

/** Reads the flags. Throws FlagError for what is not understood. */
export function readFlags(argv: readonly string[], environment: NodeJS.ProcessEnv, root: string): Flags {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        slurm: { type: "string" },
        dynamo: { type: "string" },
        port: { type: "string" },
        data: { type: "string" },
        clusters: { type: "string" },
        nodes: { type: "string" },
        scale: { type: "string" },
        "no-welcome": { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new FlagError(`${(error as Error).message}\n\n${usage}`);
  }
  const text = (name: string, otherwise: string) => String(values[name] ?? otherwise);
  const slurm = oneOf("slurm", text("slurm", "stand-in"), ["stand-in", "private", "existing"]);
  const clusters = whole("clusters", text("clusters", "1"), 1, 2);
  if (clusters > 1 && slurm === "existing")
    throw new FlagError(
      "--clusters=2 with --slurm=existing: one Slurm answers on this machine, and each cluster needs its own; accepted are --slurm=private and --slurm=stand-in",
    );
  const nodes = text("nodes", "2").split(",");
  if (nodes.length > clusters)
    throw new FlagError(
      `--nodes=${nodes.join(",")}: ${nodes.length} numbers for ${clusters} cluster${clusters > 1 ? "s" : ""}; accepted is one number for each`,
    );
  return {
    slurm,
    clusters,
    dynamo: oneOf("dynamo", text("dynamo", "dynalite"), ["dynalite", "dynamodb-local"]),
    port: whole("port", text("port", environment.HEADGATE_PORT || "4780"), 0, 65_000),
    data: path.resolve(root, text("data", environment.HEADGATE_DATA || ".headgate")),
    nodes: nodes.map((number) => whole("nodes", number, 1, 64)),
    scale: whole("scale", text("scale", "10"), 1, 1_000),
    welcome: values["no-welcome"] !== true,
  };
}
