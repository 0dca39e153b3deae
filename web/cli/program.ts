// The commands, and how one of them is run to its exit code.
import { Command, CommanderError } from "commander";
import type { Cli } from "./cli.ts";
import { exitCodes, explain, kindOf } from "./cli-error.ts";
import { addActs } from "./commands/act.ts";
import { addApi } from "./commands/api.ts";
import { addJobs } from "./commands/jobs.ts";
import { addResults } from "./commands/results.ts";
import { addSbatch } from "./commands/sbatch.ts";
import { addSignIn } from "./commands/sign-in.ts";
import { addSubmit } from "./commands/submit.ts";
import { addToken } from "./commands/token.ts";
import { addWait, ExitCode } from "./commands/wait.ts";

const after = `
Exit codes: 0 done, 1 anything else, 2 wrong usage, 3 not signed in or not allowed, 4 no such thing, 5 a value is not
accepted, 6 the site cannot be reached, 7 results are not all there or not as recorded. wait has its own: headgate wait --help

Environment: HEADGATE_SITE names another site than the present one; HEADGATE_API with HEADGATE_TOKEN need no login.`;

/** Runs a command line (without node and program) and answers its exit code; says what went wrong on stderr. */
export async function runHeadgate(cli: Cli, argv: readonly string[], version: string): Promise<number> {
  const program = new Command("headgate")
    .description("Runs jobs on a cluster through a Headgate site: submits, watches, and fetches results.")
    .version(version)
    .enablePositionalOptions()
    .addHelpText("after", after);
  const parts = [addSignIn, addToken, addSubmit, addSbatch, addJobs, addWait, addResults, addActs, addApi];
  for (const add of parts) add(program, cli);
  for (const command of withChildren(program)) {
    command.exitOverride();
    command.configureOutput({ writeOut: cli.out, writeErr: cli.say });
    if (command.name() === "sbatch") continue;
    command
      .option("--json", "print what the API says, a JSON value on each line")
      .option("--site <name>", "another site than the present one");
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof ExitCode) return error.code;
    // commander has said it already
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    cli.say(`headgate: ${explain(error)}\n`);
    return exitCodes[kindOf(error)];
  }
}

function withChildren(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}
