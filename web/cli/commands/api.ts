// api: any request of the API as it is, for what has no command of its own.
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { problemOf } from "../../client/problem-error.ts";
import type { Cli, GlobalOptions } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { readText } from "../parameters.ts";
import { openSession } from "../session.ts";

type ApiOptions = GlobalOptions & { body?: string; key?: string; to?: string };

export function addApi(program: Command, cli: Cli): void {
  program
    .command("api")
    .description("send a request of the API (its description: headgate api GET /v1/openapi.json)")
    .argument("<method>", "GET, POST, PATCH, DELETE")
    .argument("<path>", "such as /v1/jobs?state=failed")
    .option("--body <json>", "the body, or @file")
    .option("--key <key>", "the idempotency key of a POST (default: a fresh one)")
    .option("--to <file>", "write the answer there")
    .action((method: string, path: string, _: unknown, command: Command) =>
      api(cli, method.toUpperCase(), path, command.optsWithGlobals()),
    );
}

async function api(cli: Cli, method: string, path: string, options: ApiOptions): Promise<void> {
  if (!/^(GET|POST|PUT|PATCH|DELETE)$/.test(method))
    throw new CliError("usage", `${method} is not accepted; accepted are GET, POST, PUT, PATCH, DELETE`);
  if (!path.startsWith("/v1/"))
    throw new CliError("usage", `${path} is not accepted; accepted is a path that begins with /v1/`);
  const { origin, token } = openSession(cli, options).options;
  const body = options.body?.startsWith("@") ? readText(options.body.slice(1)) : options.body;
  const bearer = await token?.();
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: {
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "POST" ? { "idempotency-key": options.key ?? crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (!response.ok) throw await problemOf(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (options.to !== undefined) writeFileSync(options.to, bytes);
  else {
    cli.out(bytes);
    if (bytes.length > 0 && bytes.at(-1) !== 10 && (response.headers.get("content-type") ?? "").includes("json"))
      cli.out("\n");
  }
}
