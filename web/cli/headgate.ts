#!/usr/bin/env node
// `headgate`: the one place that knows of the process.
import { writeSync } from "node:fs";
import type { Cli } from "./cli.ts";
import { runHeadgate } from "./program.ts";

declare const HEADGATE_VERSION: string;

/** Whole and at once: what is printed is there when the exit code is. */
function write(file: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // a pipe that is full for the moment
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      // whoever read it has enough: headgate jobs | head -1
      else if (code === "EPIPE") process.exit(0);
      else throw error;
    }
  }
}

const cli: Cli = {
  env: process.env,
  out: (text) => write(1, text),
  say: (text) => write(2, text),
  terminal: process.stderr.isTTY === true,
  columns: () => process.stderr.columns ?? 80,
  stdin: process.stdin,
  onInterrupt(stop) {
    process.once("SIGINT", stop);
    return () => void process.removeListener("SIGINT", stop);
  },
};
process.exit(await runHeadgate(cli, process.argv.slice(2), HEADGATE_VERSION));
