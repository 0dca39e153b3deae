// Asking a person at a terminal for a line.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Cli } from "./cli.ts";
import { CliError } from "./cli-error.ts";

/** One line from the terminal; a hidden one is not shown as it is typed. Throws CliError where nobody can be asked. */
export function ask(cli: Cli, question: string, hidden: boolean, instead: string): Promise<string> {
  if (!cli.stdin.isTTY)
    throw new CliError("usage", `${question}cannot be asked for without a terminal; give ${instead}`);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: cli.stdin, output: hidden ? nowhere : process.stderr, terminal: true });
  if (hidden) cli.say(question);
  return new Promise((resolve, reject) => {
    lines.once("close", () => reject(new CliError("usage", "nothing was entered")));
    lines.question(hidden ? "" : question, (line) => {
      if (hidden) cli.say("\n");
      resolve(line);
      lines.close();
    });
  });
}

/** All that comes by stdin, without the line break at its end. */
export async function readStdin(cli: Cli): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of cli.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
