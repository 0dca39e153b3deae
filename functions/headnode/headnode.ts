// The head node's program. SSM runs `headnode run`; everything else it starts itself, or an administrator by hand.

// Each verb loads what it needs and no more: the process of an account must not wait for an S3 client.
const [verb = "", ...rest] = process.argv.slice(2);
const bundle = process.argv[1] ?? "";
process.umask(0o077);
start().catch((error: unknown) => {
  process.stderr.write(`headnode ${verb}: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});

async function start(): Promise<void> {
  if (verb === "account") {
    (await import("./account/serve.ts")).serveAccount();
    return;
  }
  process.exitCode = await perform(verb);
}

async function perform(word: string): Promise<number> {
  if (rest.length > 0) throw new Error(`one word is accepted, not ${rest.length + 1}`);
  switch (word) {
    case "run":
      return await (await import("./run.ts")).run(bundle);
    case "watch":
      return await (await import("./watch.ts")).watch(bundle);
    case "doctor":
      return await (await import("./doctor.ts")).doctor(bundle);
    case "describe":
      return await (await import("./describe.ts")).describe(bundle);
    default:
      throw new Error(`"${word}" is not known; accepted are run, watch, doctor and describe`);
  }
}
