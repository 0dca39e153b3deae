// What the stand-in pretends to be, fixed when it is started and read by each of its programs.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Settings = {
  clusterName: string;
  node: string;
  cpus: number;
  memoryMb: number;
  uid: number;
  user: string;
  gid: number;
  group: string;
  /** absolute path of the Node that runs the programs */
  nodePath: string;
  entry: string;
};

export type Partition = { name: string; isDefault: boolean; defaultSeconds: number; maxSeconds: number };

export const partitions: readonly [Partition, ...Partition[]] = [
  { name: "debug", isDefault: true, defaultSeconds: 300, maxSeconds: 1800 },
  { name: "long", isDefault: false, defaultSeconds: 3600, maxSeconds: 7 * 86_400 },
];
export const maxArraySize = 100_001;
/** how long squeue knows of an ended job */
export const minJobAgeSeconds = 300;
/** between SIGTERM and SIGKILL */
export const killWaitSeconds = 2;
/** the version whose answers are imitated */
export const imitatedVersion = "22.05.8";

export function readSettings(dir: string): Settings {
  return JSON.parse(readFileSync(join(dir, "settings.json"), "utf8")) as Settings;
}

export const folders = {
  jobs: (dir: string) => join(dir, "jobs"),
  runner: (dir: string) => join(dir, "runner"),
  bell: (dir: string) => join(dir, "bell"),
  ids: (dir: string) => join(dir, "ids"),
  jobcomp: (dir: string) => join(dir, "jobcomp.log"),
  cache: (dir: string) => join(dir, "cache"),
};
