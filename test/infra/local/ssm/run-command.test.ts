// Run Command as its callers meet it, with real scripts.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type RunCommand, startRunCommand } from "../../../../infra/local/ssm/run-command.ts";

const node = "mi-00000000000000001";
const ulid = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
let dir: string;
let run: RunCommand;

function documentOf(runCommand: string[], timeoutSeconds: string | number = "30", parameter: object = {}) {
  return {
    schemaVersion: "2.2",
    description: "a test",
    parameters: {
      batch: { type: "String", allowedPattern: "^[0-9A-HJKMNP-TV-Z]{26}$", interpolationType: "ENV_VAR", ...parameter },
    },
    mainSteps: [{ action: "aws:runShellScript", name: "run", inputs: { timeoutSeconds, runCommand } }],
  };
}

const documents = {
  show: documentOf(['printf %s "$SSM_batch"; echo told >&2; exit 3']),
  environment: documentOf(["env"]),
  where: documentOf(['pwd; ps -o pid=,pgid=,sid= -p "$$"']),
  append: documentOf([`echo "$SSM_batch" >> ledger`]),
  slow: documentOf(["echo started >> ledger; sleep 300 & echo $! > child; wait"], 1),
  hold: documentOf(["echo started >> ledger; while [ ! -e go ]; do sleep 0.05; done"]),
  daemon: documentOf(["setsid sh -c 'while [ ! -e go ]; do sleep 0.05; done; echo lived > daemon' & echo out"]),
  loud: documentOf(["head -c 3000000 /dev/zero | tr '\\0' x; head -c 9000 /dev/zero | tr '\\0' e >&2"]),
};

async function ask(operation: string, body: object) {
  const answer = await run.handle(`AmazonSSM.${operation}`, JSON.stringify(body));
  return { status: answer.status, body: JSON.parse(answer.body) };
}

async function send(DocumentName: string, more: object = {}): Promise<string> {
  const { status, body } = await ask("SendCommand", {
    DocumentName,
    InstanceIds: [node],
    Parameters: { batch: [ulid] },
    ...more,
  });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.Command.CommandId;
}

async function invocation(CommandId: string) {
  return (await ask("GetCommandInvocation", { CommandId, InstanceId: node })).body;
}

async function until<T>(look: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let n = 0; n < 400; n++) {
    const value = await look();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`still ${JSON.stringify(await look())}`);
}

const ended = (CommandId: string) =>
  until(
    () => invocation(CommandId),
    ({ Status }) => !["Pending", "Delayed", "InProgress", "Cancelling"].includes(Status),
  );
const ledger = () =>
  existsSync(join(dir, "ledger")) ? readFileSync(join(dir, "ledger"), "utf8").trim().split("\n") : [];

function start() {
  const environment = { PATH: process.env.PATH ?? "/usr/bin:/bin", HEADGATE_HOME: "/opt/headgate" };
  return startRunCommand({
    documents,
    nodes: [{ instanceId: node, environment, cwd: dir }],
    dir: join(dir, "ssm"),
    log: () => undefined,
  });
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "headgate-ssm-"));
  run = await start();
});

afterEach(async () => {
  writeFileSync(join(dir, "go"), "");
  await run.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe("a command", () => {
  it("runs the document's script with the parameter in its environment", async () => {
    const done = await ended(await send("show", { Comment: "hello" }));

    expect(done).toMatchObject({
      Status: "Failed",
      StatusDetails: "Failed",
      ResponseCode: 3,
      StandardOutputContent: ulid,
      StandardErrorContent: "told\n",
      Comment: "hello",
      PluginName: "run",
    });
  });

  it("sees the node's environment and nothing of ours", async () => {
    process.env.HEADGATE_TEST_SECRET = "ours";
    onTestFinished(() => {
      delete process.env.HEADGATE_TEST_SECRET;
    });
    const id = await send("environment");
    const lines: string[] = (await ended(id)).StandardOutputContent.trim().split("\n");

    const names = lines
      .map((line) => line.split("=")[0])
      .filter((name) => !["PWD", "_", "SHLVL", "OLDPWD"].includes(name ?? ""));
    expect(names.sort()).toEqual(["AWS_SSM_INSTANCE_ID", "HEADGATE_HOME", "PATH", "SSM_COMMAND_ID", "SSM_batch"]);
    expect(lines).toContain(`SSM_COMMAND_ID=${id}`);
  });

  it("runs in the node's folder, as the head of a session of its own", async () => {
    const [cwd, ids = ""] = (await ended(await send("where"))).StandardOutputContent.trim().split("\n");

    expect(cwd).toBe(dir);
    expect(new Set(ids.trim().split(/\s+/)).size).toBe(1);
  });

  it("is killed with its whole process group when its time is over", async () => {
    const done = await ended(await send("slow"));

    expect(done).toMatchObject({ Status: "TimedOut", StatusDetails: "ExecutionTimedOut", ResponseCode: -1 });
    const child = Number(readFileSync(join(dir, "child"), "utf8"));
    await until(
      () => (existsSync(`/proc/${child}/stat`) ? readFileSync(`/proc/${child}/stat`, "utf8").split(" ")[2] : "gone"),
      (state) => state === "gone" || state === "Z",
    );
  });

  it("ends with its script, and leaves alone what has a session of its own", async () => {
    const done = await ended(await send("daemon"));
    expect(done).toMatchObject({ Status: "Success", StandardOutputContent: "out\n" });

    writeFileSync(join(dir, "go"), "");
    await until(() => existsSync(join(dir, "daemon")), Boolean);
  });

  it("keeps 24,000 characters of output, 8,000 of errors, and 2,500 in lists", async () => {
    const id = await send("loud");
    const done = await ended(id);
    const { body } = await ask("ListCommandInvocations", { CommandId: id, Details: true });

    expect(done.StandardOutputContent).toHaveLength(24_000);
    expect(done.StandardErrorContent).toHaveLength(8000);
    expect(body.CommandInvocations[0].CommandPlugins[0].Output).toHaveLength(2500);
  });

  it("waits while five others run on its node", async () => {
    const ids = await Promise.all(Array.from({ length: 7 }, () => send("hold")));
    await until(ledger, (lines) => lines.length === 5);
    const statuses = await Promise.all(ids.map(async (id) => (await invocation(id)).Status));
    expect(statuses.sort()).toEqual([...Array(5).fill("InProgress"), "Pending", "Pending"]);

    writeFileSync(join(dir, "go"), "");
    for (const id of ids) expect(await ended(id)).toMatchObject({ Status: "Success" });
    expect(ledger()).toHaveLength(7);
  });

  it("can be cancelled while it runs and while it waits", async () => {
    const [first = "", ...others] = await Promise.all(Array.from({ length: 6 }, () => send("hold")));
    await until(ledger, (lines) => lines.length === 5);
    const last = others.at(-1) ?? "";
    for (const CommandId of [first, last]) await ask("CancelCommand", { CommandId });

    expect(await ended(first)).toMatchObject({ Status: "Cancelled" });
    expect(await ended(last)).toMatchObject({ Status: "Cancelled", ExecutionStartDateTime: "" });
  });
});

describe("a refusal", () => {
  const cases: [string, object, string][] = [
    ["an unknown document", { DocumentName: "AWS-RunShellScript" }, "InvalidDocument"],
    ["an unknown instance", { InstanceIds: ["mi-00000000000000009"] }, "InvalidInstanceId"],
    ["no instance", { InstanceIds: [] }, "InvalidInstanceId"],
    ["an instance named twice", { InstanceIds: [node, node] }, "DuplicateInstanceId"],
    ["a value beyond the pattern", { Parameters: { batch: ["$(id)"] } }, "InvalidParameters"],
    ["a newline after a good value", { Parameters: { batch: [`${ulid}\n`] } }, "InvalidParameters"],
    ["two values", { Parameters: { batch: [ulid, ulid] } }, "InvalidParameters"],
    ["a missing parameter", { Parameters: {} }, "InvalidParameters"],
    ["an unknown parameter", { Parameters: { batch: [ulid], commands: ["id"] } }, "InvalidParameters"],
    ["a prototype's name as parameter", { Parameters: { batch: [ulid], constructor: ["x"] } }, "InvalidParameters"],
    ["a short time-out", { TimeoutSeconds: 29 }, "ValidationException"],
    ["output to a bucket", { OutputS3BucketName: "b" }, "ValidationException"],
  ];
  it.each(cases)("names %s", async (_, more, code) => {
    const { status, body } = await ask("SendCommand", {
      DocumentName: "append",
      InstanceIds: [node],
      Parameters: { batch: [ulid] },
      ...more,
    });

    expect([status, body.__type]).toEqual([400, code]);
    expect(ledger()).toEqual([]);
  });

  it("meets an operation it does not know", async () => {
    for (const operation of ["StartSession", "constructor"]) {
      expect((await ask(operation, {})).body.__type).toBe("UnknownOperationException");
    }
  });

  it("meets a document whose parameter would become part of the script", async () => {
    const nodes = [{ instanceId: node, environment: {}, cwd: dir }];
    const attempt = (document: object) =>
      startRunCommand({ documents: { bad: document }, nodes, dir: join(dir, "bad"), log: () => undefined });

    await expect(attempt(documentOf(["id"], 1, { interpolationType: undefined }))).rejects.toThrow("ENV_VAR");
    await expect(attempt(documentOf(["echo {{ batch }}"]))).rejects.toThrow("{{");
    await expect(attempt({ ...documentOf(["id"]), schemaVersion: "1.2" })).rejects.toThrow("2.2");
  });
});

describe("the faults of AWS", () => {
  it("hide an invocation for a while after it was sent", async () => {
    run.faults.delayMs = 60_000;
    const id = await send("append");
    expect((await invocation(id)).__type).toBe("InvocationDoesNotExist");

    run.faults.delayMs = 0;
    expect(await ended(id)).toMatchObject({ Status: "Success" });
  });

  it("lose a command", async () => {
    run.faults.lose(1);
    const lost = await send("append");
    await ended(await send("append"));

    expect(await invocation(lost)).toMatchObject({ Status: "Pending" });
    expect(ledger()).toHaveLength(1);
  });

  it("deliver a command twice", async () => {
    run.faults.duplicate(1);
    await send("append");

    expect(await until(ledger, (lines) => lines.length === 2)).toEqual([ulid, ulid]);
  });

  it("keep a command until its node is back", async () => {
    run.faults.offline(node, true);
    const id = await send("append");
    const { body } = await ask("DescribeInstanceInformation", {});
    expect(await invocation(id)).toMatchObject({ Status: "Delayed" });
    expect(body.InstanceInformationList[0]).toMatchObject({ InstanceId: node, PingStatus: "ConnectionLost" });

    run.faults.offline(node, false);
    expect(await ended(id)).toMatchObject({ Status: "Success" });
  });
});

describe("after a restart", () => {
  it("what was in progress runs again, and what had ended does not", async () => {
    await ended(await send("append"));
    const id = await send("hold");
    await until(ledger, (lines) => lines.length === 2);
    await run.stop();

    run = await start();
    await until(ledger, (lines) => lines.length === 3);
    writeFileSync(join(dir, "go"), "");

    expect(await ended(id)).toMatchObject({ Status: "Success" });
    expect(ledger()).toEqual([ulid, "started", "started"]);
  });

  it("a command that waited too long is not delivered any more", async () => {
    run.faults.offline(node, true);
    const id = await send("append", { TimeoutSeconds: 30 });
    await run.stop();
    const file = join(dir, "ssm", "commands", `${id}.json`);
    const command = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...command, requestedAt: command.requestedAt - 31_000 }));

    run = await start();

    expect(await invocation(id)).toMatchObject({ Status: "TimedOut", StatusDetails: "DeliveryTimedOut" });
    expect(ledger()).toEqual([]);
  });

  it("a command that never ends is started 15 times at most", async () => {
    const id = await send("hold");
    await until(ledger, (lines) => lines.length === 1);
    await run.stop();
    const file = join(dir, "ssm", "commands", `${id}.json`);
    const command = JSON.parse(readFileSync(file, "utf8"));
    command.invocations[0].attempts = 15;
    writeFileSync(file, JSON.stringify(command));

    run = await start();

    expect(await ended(id)).toMatchObject({ Status: "Failed" });
    expect(ledger()).toHaveLength(1);
  });
});

describe("lists", () => {
  it("are paged and filtered", async () => {
    const ids = [await send("append"), await send("append"), await send("show")];
    for (const id of ids) await ended(id);

    const first = (await ask("ListCommands", { MaxResults: 2 })).body;
    const second = (await ask("ListCommands", { MaxResults: 2, NextToken: first.NextToken })).body;
    const failed = (await ask("ListCommandInvocations", { Filters: [{ key: "Status", value: "Failed" }] })).body;

    expect([...first.Commands, ...second.Commands].map(({ CommandId }) => CommandId).sort()).toEqual([...ids].sort());
    expect(second.NextToken).toBeUndefined();
    expect(failed.CommandInvocations.map(({ CommandId }: { CommandId: string }) => CommandId)).toEqual([ids[2]]);
    expect((await ask("GetDocument", { Name: "show" })).body).toMatchObject({ Name: "show", DocumentFormat: "JSON" });
    expect((await ask("DescribeDocument", { Name: "show" })).body.Document.Parameters[0].Name).toBe("batch");
  });
});

it("reports as done what was never delivered, and as failed what was done", async () => {
  const faults = [{ lost: true, said: "Success" as const }, { said: "Failed" as const }];
  run.faults.each = () => faults.shift() ?? {};
  const lost = await send("append");
  const done = await send("append");

  expect(await invocation(lost)).toMatchObject({ Status: "Success" });
  const told = await until(
    () => invocation(done),
    ({ Status }) => Status === "Failed",
  );
  expect(told).toMatchObject({ ResponseCode: 0 });
  expect(readFileSync(join(dir, "ledger"), "utf8")).toBe(`${ulid}\n`);
});

it("delivers a command late, and kills a run at its instant", async () => {
  const ended: boolean[] = [];
  run.faults.each = () => ({ lateMs: 100 });
  run.faults.run = () => ({ killAfterMs: 1, ended: ({ killed }) => ended.push(killed) });
  const late = await send("hold");

  expect(await invocation(late)).toMatchObject({ Status: "Pending" });
  await until(
    () => ended.length,
    (runs) => runs === 1,
  );
  expect(ended).toEqual([true]);
});
