// The heartbeat of a head node: what Slurm answers, and nothing in the place of what it does not.
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../../../functions/headnode/config.ts";
import { heartbeatOf } from "../../../functions/headnode/describe.ts";
import { slurmOf } from "../../../functions/headnode/slurm.ts";
import { Heartbeat } from "../../../shared/headnode/receipt.ts";

const away = "echo 'slurm_load_partitions: Unable to contact slurm controller (connect failure)' >&2; exit 1";

/** The heartbeat where scontrol is that shell script. */
const heard = async (scontrol: string) => {
  const home = mkdtempSync(join(tmpdir(), "hg-describe-"));
  const program = (name: string, text: string) => {
    writeFileSync(join(home, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(home, name), 0o755);
  };
  program("scontrol", scontrol);
  program("sinfo", away);
  const settings = {
    ...{ cluster: "local", kind: "slurm", region: "eu-west-1", accounts: "starter", watchSeconds: 1 },
    ...{ buckets: { batches: "batches", results: "results" }, spool: join(home, "spool"), folders: "{home}/headgate" },
    slurm: { bin: home, sacct: false },
  };
  mkdirSync(join(home, "etc"));
  writeFileSync(join(home, "etc", "headnode.json"), JSON.stringify(settings));
  const read = readSettings(join(home, "headnode.mjs"));
  const heartbeat = await heartbeatOf(read, slurmOf(read), 2, new Date());
  return Heartbeat.parse(JSON.parse(JSON.stringify(heartbeat)));
};

test("says what Slurm has", async () => {
  const partition =
    "PartitionName=main Default=YES MaxTime=01:00:00 State=UP TotalCPUs=8 TotalNodes=2 TRES=cpu=8,mem=8G";
  const config = "SLURM_VERSION = 23.11.4\nMaxArraySize = 501";
  const heartbeat = await heard(`case "$*" in *partition) echo '${partition}';; *) echo '${config}';; esac`);
  expect(heartbeat).toMatchObject({ slurm: "23.11.4", partitions: [{ name: "main", nodes: 2 }], maxArraySize: 501 });
});

test("says the lesser of what Slurm allows an array", async () => {
  const config = "MaxArraySize = 1001\nSchedulerParameters = defer,max_array_tasks=100";
  expect((await heard(`echo '${config}'`)).maxArraySize).toBe(100);
});

test("says of a Slurm without partitions that it has none", async () => {
  expect((await heard("echo 'No partitions in the system'")).partitions).toEqual([]);
});

test("says nothing of what a Slurm that is away has", async () => {
  const heartbeat = await heard(away);
  expect(heartbeat).toMatchObject({ kind: "slurm", liveGroups: 2 });
  for (const unsaid of ["partitions", "maxArraySize", "slurm"]) expect(heartbeat).not.toHaveProperty(unsaid);
});
