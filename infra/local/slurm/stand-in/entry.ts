// The one program behind all names of the stand-in: entry.ts PROGRAM FOLDER ARGUMENTS…

import { Refusal } from "./options.ts";
import { folders, readSettings } from "./settings.ts";

const [program = "", dir = "", ...args] = process.argv.slice(2);
try {
  const answer = await main();
  if (answer !== undefined) process.stdout.write(answer);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code;
}

// each program loads only what it needs: sbatch is to answer within a tenth of a second
async function main(): Promise<string | undefined> {
  const settings = readSettings(dir);
  if (process.getuid?.() !== settings.uid)
    throw new Refusal(
      `${program}: error: this stand-in serves only the account ${settings.user} (uid ${settings.uid})`,
    );
  switch (program) {
    case "sbatch":
      return (await import("./sbatch.ts")).sbatch(dir, settings, args);
    case "squeue": {
      const { squeue } = await import("./squeue.ts");
      const answer = squeue(dir, settings, args);
      await reviveRunner(settings);
      return answer;
    }
    case "scancel":
      await (await import("./scancel.ts")).scancel(dir, settings, args);
      return undefined;
    case "scontrol":
      return (await import("./scontrol.ts")).scontrol(dir, settings, args);
    case "sinfo":
      return (await import("./scontrol.ts")).sinfo(settings, args);
    case "sacct":
      return (await import("./scontrol.ts")).sacct();
    case "runner":
      await (await import("./runner.ts")).runner(dir, settings);
      return undefined;
    default:
      throw new Refusal(`the stand-in has no program "${program}"`);
  }
}

/** A runner that was killed leaves waiting members, which nobody would start otherwise. */
async function reviveRunner(settings: Parameters<typeof import("./wake-runner.ts").wakeRunner>[1]): Promise<void> {
  const { livingHolder } = await import("./sole-holder.ts");
  if (livingHolder(folders.runner(dir)) !== undefined) return;
  const { hasUnfinished } = await import("./job-store.ts");
  if (hasUnfinished(dir)) (await import("./wake-runner.ts")).wakeRunner(dir, settings);
}
