// Asking Slurm: the commands of shared/slurm, run with a clean environment and a time-out.
import { join } from "node:path";
import { tidyWords } from "../../shared/slurm/command.ts";
import { readSacct, type SacctQuestion, sacctArgv } from "../../shared/slurm/sacct.ts";
import { readSbatch, type SbatchQuestion, type SbatchReading, sbatchArgv } from "../../shared/slurm/sbatch.ts";
import { readScancel, type ScancelQuestion, scancelArgv } from "../../shared/slurm/scancel.ts";
import { readScontrolConfig, scontrolConfigArgv } from "../../shared/slurm/scontrol-config.ts";
import { readNodesStartedAt, showNodesArgv } from "../../shared/slurm/scontrol-node.ts";
import { readScontrolPartition, scontrolPartitionArgv } from "../../shared/slurm/scontrol-partition.ts";
import { nodeStatesArgv, readSettledNodes, readSinfo, sinfoArgv, withNodes } from "../../shared/slurm/sinfo.ts";
import { readSqueue, type SqueueQuestion, squeueArgv } from "../../shared/slurm/squeue.ts";
import type { Identity } from "./account-rule.ts";
import { asAccount, slurmVariables } from "./as-account.ts";
import { runChild } from "./child.ts";
import type { Settings } from "./config.ts";

export type Slurm = ReturnType<typeof slurmOf>;

/** The Slurm of a configuration. Names in a question are ours, so they hold no comma. */
export function slurmOf(settings: Settings) {
  const { slurm } = settings;
  // times are asked for in UTC; a client waits 29 s for a controller that is down
  const env = { PATH: `${slurm.bin}:/usr/bin:/bin`, LANG: "C.UTF-8", TZ: "UTC", HOME: "/", ...slurmVariables(slurm) };
  const ask = (program: string, argv: string[], timeoutMs: number) =>
    runChild([join(slurm.bin, program), ...argv], { env, timeoutMs });
  return {
    squeue: async (question: SqueueQuestion) =>
      readSqueue(await ask("squeue", squeueArgv({ ...question, short: settings.kind === "stand-in" }), 40_000)),
    sacct: async (question: SacctQuestion) => readSacct(await ask("sacct", sacctArgv(question), 60_000)),
    config: async () => readScontrolConfig(await ask("scontrol", scontrolConfigArgv(), 40_000)),
    /** Partitions with the size of their largest nodes. */
    async partitions(timeoutMs = 40_000) {
      const [limits, nodes] = await Promise.all([
        ask("scontrol", scontrolPartitionArgv(), timeoutMs),
        ask("sinfo", sinfoArgv(), timeoutMs),
      ]);
      const partitions = readScontrolPartition(limits);
      const kinds = readSinfo(nodes);
      if (!partitions.ok) return partitions;
      return { ok: true as const, value: withNodes(partitions.value, kinds.ok ? kinds.value : []) };
    },
    nodesStartedAt: async (names: readonly string[]) =>
      readNodesStartedAt(await ask("scontrol", showNodesArgv(names), 40_000)),
    settledNodes: async (names: readonly string[]) =>
      readSettledNodes(await ask("sinfo", nodeStatesArgv(names), 40_000)),
    /** Submits as the account, from the group's folder. sbatch itself retries for up to 120 s: it gets less, then it is looked up. */
    async sbatch(identity: Identity, question: SbatchQuestion, script: string): Promise<SbatchReading> {
      const command = [join(slurm.bin, "sbatch"), ...sbatchArgv(question)];
      const { argv, env: clean, cwd } = asAccount(identity, command, { ...settings, folder: question.folder });
      const timeoutMs = (settings.patience.sbatchSeconds ?? 60) * 1000;
      return readSbatch(await runChild(argv, { env: clean, cwd, stdin: script, timeoutMs }));
    },
    async scancel(identity: Identity, question: ScancelQuestion) {
      const command = [join(slurm.bin, "scancel"), ...scancelArgv(question)];
      const { argv, env: clean, cwd } = asAccount(identity, command, settings);
      const answer = await runChild(argv, { env: clean, cwd, timeoutMs: 40_000 });
      return readScancel(answer);
    },
    async version() {
      const answer = await ask("scontrol", ["version"], 10_000);
      return answer.code === 0 ? tidyWords(answer.stdout, 80) : undefined;
    },
  };
}
