// A TypeScript file as the program of a worker thread, its types stripped once here: a thread that strips them itself starts 60 ms later.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

const programs = new Map<string, URL>();

/** The program as a URL for `new Worker`. It may import Node's own modules, and files by absolute URL. */
export function workerProgram(file: URL): URL {
  const known = programs.get(file.href);
  if (known) return known;
  const code = Buffer.from(stripTypeScriptTypes(readFileSync(file, "utf8")));
  const program = new URL(`data:text/javascript;base64,${code.toString("base64")}`);
  programs.set(file.href, program);
  return program;
}
