// What each name of the stand-in does, and its exit code.

import { Refusal } from "./options.ts";
import { folders, readSettings, type Settings } from "./settings.ts";

/** Runs one program to its end: the answer on stdout, a refusal on stderr with its exit code. */
export async function runProgram(program: string, dir: string, args: string[]): Promise<void> {
  try {
    const answer = await answerOf(program, dir, args);
    if (answer !== undefined) process.stdout.write(answer);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process[error.where].write(`${error.message}\n`);
    process.exitCode = error.code;
  }
}

// each program loads only what it needs: sbatch is to answer within a tenth of a second
async function answerOf(program: string, dir: string, args: string[]): Promise<string | undefined> {
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
      await reviveRunner(dir, settings);
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
async function reviveRunner(dir: string, settings: Settings): Promise<void> {
  const { livingHolder } = await import("../sole-holder.ts");
  if (livingHolder(folders.runner(dir)) !== undefined) return;
  const { hasUnfinished } = await import("./job-store.ts");
  if (hasUnfinished(dir)) (await import("./wake-runner.ts")).wakeRunner(dir, settings);
}
