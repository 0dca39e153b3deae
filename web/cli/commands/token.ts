// token: personal API tokens, for scripts and other programs.
import type { Command } from "commander";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { whole } from "../resource-options.ts";
import { openSession } from "../session.ts";
import { clean, table } from "../words.ts";

export function addToken(program: Command, cli: Cli): void {
  const token = program.command("token").description("make, list and end your API tokens");
  token
    .command("create")
    .description("a new token; it is printed this once (needs a sign-in by password)")
    .argument("<name>", "what it is for")
    .option("--days <n>", "days until it ends, 1 to 365 (default: 90)")
    .action(async (name: string, _: unknown, command: Command) => {
      const options: GlobalOptions & { days?: string } = command.optsWithGlobals();
      const days = whole("--days", options.days);
      const made = await openSession(cli, options).createToken({ name, ...(days === undefined ? {} : { days }) });
      if (options.json) return outJson(cli, made);
      cli.say(`token ${made.id} until ${made.expiresAt}:\n`);
      cli.out(`${made.token}\n`);
    });
  token
    .command("list", { isDefault: true })
    .description("your tokens, without their secrets")
    .action(async (_: unknown, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      const tokens = await openSession(cli, options).tokens();
      if (options.json) return outJson(cli, { tokens });
      cli.out(table(tokens.map((one) => [one.id, `until ${one.expiresAt}`, clean(one.name)])));
    });
  token
    .command("delete")
    .description("end a token")
    .argument("<id>", "its id")
    .action(async (id: string, _: unknown, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      await openSession(cli, options).deleteToken(id.toUpperCase());
      if (options.json) outJson(cli, { id: id.toUpperCase(), deleted: true });
    });
}
