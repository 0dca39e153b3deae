// The one file behind all names of the stand-in: entry.ts PROGRAM FOLDER ARGUMENTS…
import { enableCompileCache } from "node:module";

const [program = "", dir = "", ...args] = process.argv.slice(2);
// stripping types anew costs each command 0.1 s, so the rest is loaded only after the cache is in place
enableCompileCache(`${dir}/cache`);
const { runProgram } = await import("./program.ts");
await runProgram(program, dir, args);
