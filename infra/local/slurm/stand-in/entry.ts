// The one file behind all names of the stand-in: entry.ts PROGRAM FOLDER ARGUMENTS…
import { runProgram } from "./program.ts";

const [program = "", dir = "", ...args] = process.argv.slice(2);
// ours, not the job's: sbatch hands its environment on
delete process.env.NODE_COMPILE_CACHE;
await runProgram(program, dir, args);
