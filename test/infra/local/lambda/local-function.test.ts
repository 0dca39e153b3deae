// A function as Lambda runs it: its own environment, its time-out, what happens to it when it breaks.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import { openFunctionLog } from "../../../../infra/local/lambda/function-log.ts";
import { LocalFunction } from "../../../../infra/local/lambda/local-function.ts";

const folder = mkdtempSync(path.join(tmpdir(), "function-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const running: LocalFunction[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.stop()));
});

let made = 0;
function functionOf(source: string, more: Partial<LocalFunction["settings"]> = {}): LocalFunction {
  const code = path.join(folder, String(made++));
  const name = path.basename(code);
  rmSync(code, { recursive: true, force: true });
  writeFileSync(`${code}.mjs`, source);
  const run = new LocalFunction({
    name,
    functionName: `test-${name}`,
    functionArn: `arn:aws:lambda:eu-west-1:000000000000:function:test-${name}`,
    code: folder,
    handler: `${name}.handler`,
    memoryMb: 128,
    logGroup: "group",
    timeoutMs: 5_000,
    env: { GREETING: "hello" },
    concurrency: 2,
    log: openFunctionLog(path.join(folder, "logs"), name),
    mayLog: () => true,
    ...more,
  });
  running.push(run);
  return run;
}
const logOf = (run: LocalFunction) => readFileSync(path.join(folder, "logs", `${run.settings.name}.log`), "utf8");

it("hands over event, context and its own environment only", async () => {
  process.env.OF_THE_HOST = "secret";
  const run = functionOf(`
    let calls = 0;
    export const handler = async (event, context) => {
      console.log("line of", event.n);
      return { n: event.n, calls: ++calls, env: process.env, name: context.functionName,
        id: context.awsRequestId, left: context.getRemainingTimeInMillis() };
    };`);
  const first = await run.invoke('{"n":1}');
  const second = await run.invoke('{"n":2}');
  const answer = JSON.parse(second.ok ? second.payload : "{}");
  expect(first.ok && second.ok).toBe(true);
  expect(answer).toMatchObject({
    n: 2,
    calls: 2,
    name: run.settings.functionName,
    id: second.requestId,
    env: { GREETING: "hello" },
  });
  expect(answer.env.OF_THE_HOST).toBeUndefined();
  expect(answer.left).toBeGreaterThan(0);
  expect(logOf(run)).toContain(`${first.requestId} line of 1`);
  expect(logOf(run)).toContain(`${second.requestId} line of 2`);
});

it("ends what takes longer than its time-out, even a busy loop, and starts anew", async () => {
  const run = functionOf("export const handler = async (event) => { if (event.loop) for (;;); return 1; };", {
    timeoutMs: 300,
  });
  const outcome = await run.invoke('{"loop":true}');
  expect(outcome).toMatchObject({
    ok: false,
    error: { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 0.30 seconds" },
  });
  expect(await run.invoke("{}")).toMatchObject({ ok: true, payload: "1" });
  expect(logOf(run)).toContain("Task timed out after 0.30 seconds");
});

it("tells a function's own error with its type", async () => {
  const run = functionOf('export const handler = async () => { throw new TypeError("no such thing"); };');
  expect(await run.invoke("{}")).toMatchObject({
    ok: false,
    error: { errorType: "TypeError", errorMessage: "no such thing" },
  });
  expect(logOf(run)).toContain("TypeError: no such thing");
});

it("tells clearly why a bundle does not load", async () => {
  const thrower = functionOf('throw new Error("TABLE is not set"); export const handler = 1;');
  expect(await thrower.invoke("{}")).toMatchObject({ ok: false, error: { errorMessage: "TABLE is not set" } });
  expect(logOf(thrower)).toContain("could not be loaded");
  const empty = functionOf("export const other = 1;");
  expect(await empty.invoke("{}")).toMatchObject({
    ok: false,
    error: { errorMessage: expect.stringContaining('exports no function "handler"') },
  });
});

it("survives a function that exits or fills its memory", async () => {
  const run = functionOf(
    `export const handler = async (event) => {
      if (event.exit) process.exit(1);
      if (event.fill) { const all = []; for (;;) all.push(new Array(10000).fill(Math.random())); }
      return "alive"; };`,
    { memoryMb: 64 },
  );
  expect(await run.invoke('{"exit":true}')).toMatchObject({ ok: false, error: { errorType: "Runtime.ExitError" } });
  expect(await run.invoke('{"fill":true}')).toMatchObject({ ok: false, error: { errorType: "Runtime.OutOfMemory" } });
  expect(await run.invoke("{}")).toMatchObject({ ok: true, payload: '"alive"' });
});

it("runs no more at once than it may, and all in the end", async () => {
  const run = functionOf(`
    import { threadId } from "node:worker_threads";
    export const handler = async () => { await new Promise((done) => setTimeout(done, 30)); return threadId; };`);
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => run.invoke("{}")));
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.payload)).size).toBe(2);
});

it("refuses payloads over 6 MB, in and out", async () => {
  const run = functionOf('export const handler = async () => "x".repeat(7 * 1024 * 1024);');
  expect(await run.invoke("{}")).toMatchObject({ ok: false, error: { errorType: "Function.ResponseSizeTooLarge" } });
  expect(await run.invoke(JSON.stringify("x".repeat(7 * 1024 * 1024)))).toMatchObject({
    ok: false,
    error: { errorType: "RequestEntityTooLarge" },
  });
});

it("keeps no log that its role does not allow", async () => {
  const run = functionOf('export const handler = async () => console.log("printed");', { mayLog: () => false });
  await run.invoke("{}");
  expect(() => logOf(run)).toThrow();
});

it("loads a slow bundle within its first call's time, as Lambda does after ten seconds", async () => {
  const run = functionOf(`
    await new Promise((resolve) => setTimeout(resolve, 10_500));
    export const handler = async () => "loaded";`);
  expect(await run.invoke("{}")).toMatchObject({ ok: true, payload: '"loaded"' });
});

it("dies where its instance is killed by the name that its calls bear, and begins anew", async () => {
  const run = functionOf(`
    let calls = 0;
    export const handler = async ({ hang }) => {
      console.log(process.env.AWS_SDK_UA_APP_ID);
      if (hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
      return ++calls;
    };`);
  const first = await run.invoke("{}");
  const [, instance = ""] = /hg-([0-9a-f]{12})/.exec(logOf(run)) ?? [];
  const hanging = run.invoke(JSON.stringify({ hang: true }));

  expect(first).toMatchObject({ ok: true, payload: "1" });
  expect(await run.kill("000000000000")).toBe(false);
  expect(await run.kill(instance)).toBe(true);
  expect(await hanging).toMatchObject({ ok: false, error: { errorType: "Runtime.ExitError" } });
  expect(await run.invoke("{}")).toMatchObject({ ok: true, payload: "1" });
});
