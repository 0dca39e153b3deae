// Where a private Slurm keeps its things: below the wanted folder, unless ordinary accounts or the kernel cannot follow there.
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isRecordAlive } from "./daemon.ts";

// An AF_UNIX path has at most 107 bytes, and slurmstepd adds about 45 of its own (spool/n10/n10_123456.4294967291).
const longestSocketFolder = 60;

export type ClusterHome = {
  /** everything but sockets */
  home: string;
  /** a folder short enough for sockets; the home itself where that is short */
  sockets: string;
  /** what a person should know about the choice; undefined if the wanted folder serves */
  note?: string;
};

/**
 * Chooses and creates the folders for a private Slurm that was asked for at `dir`. A folder whose path slurm.conf cannot
 * hold, or as root one that other accounts cannot search, is replaced by one elsewhere, the same for the same `dir` each time.
 */
export function clusterHome(dir: string): ClusterHome {
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  const wanted = realpathSync(dir);
  const why = objection(wanted);
  const home = why === undefined ? wanted : shelteredHome(wanted);
  const sockets = Buffer.byteLength(home) <= longestSocketFolder ? home : shortFolder(home);
  if (why === undefined) return { home, sockets };
  return { home, sockets, note: `${why}, so Slurm's state is kept in ${home}` };
}

/** Removes the folder of sockets where it is a temporary one of its own. */
export function removeShortFolder(place: ClusterHome): void {
  if (place.sockets === place.home) return;
  rmSync(place.sockets, { recursive: true, force: true });
  rmSync(join(place.home, "sockets-in"), { force: true });
}

function objection(wanted: string): string | undefined {
  if (!/^[\w./@+~:-]+$/.test(wanted)) return `slurm.conf cannot hold the path ${wanted}`;
  const closed = process.getuid?.() === 0 ? closedParent(wanted) : undefined;
  return closed === undefined ? undefined : `other accounts cannot enter ${closed}`;
}

/** The first folder on the way to `path` (itself included) that other accounts cannot search. */
function closedParent(path: string): string | undefined {
  const above = dirname(path) === path ? undefined : closedParent(dirname(path));
  if (above !== undefined) return above;
  return (statSync(path).mode & 0o001) === 0 ? path : undefined;
}

function shelteredHome(wanted: string): string {
  const uid = process.getuid?.() ?? 0;
  const shelter = uid === 0 ? "/var/lib/headgate-local" : `/var/tmp/headgate-local-${uid}`;
  mkdirSync(shelter, { recursive: true, mode: 0o755 });
  if (!isOurFolder(shelter))
    throw new Error(`${shelter} is not a folder of uid ${uid}, so Slurm's state cannot be kept there`);
  chmodSync(shelter, 0o755);
  sweepShelter(shelter);
  const home = join(shelter, createHash("sha256").update(wanted).digest("hex").slice(0, 12));
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o755);
  writeFileSync(join(home, "wanted-at"), wanted);
  return home;
}

/** Forgets the homes of temporary folders that are gone, so that tests leave nothing behind for ever. */
function sweepShelter(shelter: string): void {
  for (const name of readdirSync(shelter)) {
    const note = join(shelter, name, "wanted-at");
    const wanted = existsSync(note) ? readFileSync(note, "utf8") : "/";
    const run = join(shelter, name, "run");
    const lives =
      existsSync(run) && readdirSync(run).some((file) => file.endsWith(".pid") && isRecordAlive(join(run, file)));
    if (wanted.startsWith(`${tmpdir()}/`) && !existsSync(wanted) && !lives)
      rmSync(join(shelter, name), { recursive: true, force: true });
  }
}

function shortFolder(home: string): string {
  const memory = join(home, "sockets-in");
  const known = existsSync(memory) ? readFileSync(memory, "utf8") : undefined;
  if (known !== undefined && isOurFolder(known)) return known;
  const made = mkdtempSync(join(Buffer.byteLength(tmpdir()) > 40 ? "/tmp" : tmpdir(), "hg-slurm-"));
  chmodSync(made, 0o755);
  writeFileSync(memory, made);
  return made;
}

/** Temporary folders are cleaned by others: one that came back under the same name with another owner is not ours. */
function isOurFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}
