// Bad input, and odd but good names, through the whole journey on the stand-in.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Session, sessionOf } from "./api-session.ts";
import { type LocalStack, startStack } from "./local-stack.ts";

describe("a submission through the whole journey", () => {
  let stack: LocalStack;
  let alice: Session;

  beforeAll(async () => {
    stack = await startStack({ flags: ["--no-welcome"] });
    alice = await sessionOf(stack, "alice");
  });

  afterAll(async () => {
    await stack?.stop();
    if (stack) rmSync(stack.data, { recursive: true, force: true });
  });

  const post = async (body: unknown) => {
    const answer = await fetch(`${stack.local.api}/v1/jobs`, {
      method: "POST",
      headers: { authorization: `Bearer ${alice.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return {
      status: answer.status,
      problem: (await answer.json()) as {
        code: string;
        issues?: { field: string; value?: string; accepted: string }[];
      },
    };
  };

  const odd = [
    "a b",
    "quote'\"s",
    "$(touch broken)",
    "`id`",
    "new\nline",
    "ünïcödé 日本",
    "-dash",
    "semi;colon&",
    "tab".padEnd(255, "x"),
    "deep/er/ones",
  ];

  it("brings names with spaces, quotes, $(), newline and unicode there and back unharmed", async () => {
    const inputs = Object.fromEntries(odd.map((name) => [name, `content of ${name}`]));
    const name = 'a job\'s "name" $(reboot)\nof two lines ü';
    const { id } = await alice.submitScript(
      '#!/bin/sh\nfor f in *; do [ -f "$f" ] && cp -- "$f" "out $f"; done; ls >list\ntrue\n',
      inputs,
      { name },
    );
    const job = await alice.ended(id);
    const { files } = await alice.files(id);

    expect(job.state).toBe("succeeded");
    expect(job.name).toBe(name);
    for (const one of odd.filter((each) => !each.includes("/") && each.length < 250)) {
      const file = files.find((each) => each.path === `out ${one}`);
      expect(file, `out ${one} among ${files.map((each) => each.path).join(", ")}`).toBeDefined();
      if (file) expect((await alice.download(file)).toString()).toBe(`content of ${one}`);
    }
    expect(files.map((file) => file.path)).not.toContain("broken");
  });

  it.each([
    ["../up", "inputs.0.name"],
    ["/absolute", "inputs.0.name"],
    ["bell\u0007", "inputs.0.name"],
    ["x".repeat(256), "inputs.0.name"],
    ["", "inputs.0.name"],
  ])("refuses the file name %j and names the field", async (name, field) => {
    const { status, problem } = await post({
      application: "script",
      parameters: { text: "true" },
      inputs: [{ upload: "01ARZ3NDEKTSV4RRFFQ69G5FAV", name }],
    });

    expect(status).toBe(422);
    expect(problem.issues?.[0]).toMatchObject({ field, accepted: expect.any(String), value: expect.any(String) });
  });

  it.each([
    ["an unknown field", { application: "script", parameters: { text: "true" }, colour: "red" }, "colour"],
    ["an unknown application", { application: "fluent", parameters: {} }, "application"],
    ["an unknown parameter", { application: "script", parameters: { text: "true", speed: 3 } }, "parameters.speed"],
    [
      "an upload that is not there",
      {
        application: "script",
        parameters: { text: "true" },
        inputs: [{ upload: "01ARZ3NDEKTSV4RRFFQ69G5FAV", name: "x" }],
      },
      "inputs.0.upload",
    ],
    [
      "resources of no machine",
      { application: "script", parameters: { text: "true" }, resources: { cpusPerTask: -1 } },
      "resources.cpusPerTask",
    ],
  ])("refuses %s, naming the field, the value and what is accepted", async (_what, body, field) => {
    const { status, problem } = await post(body);

    expect(status).toBe(422);
    expect(problem.issues?.map((issue) => issue.field)).toContain(field);
    expect(problem.issues?.every((issue) => issue.accepted.length > 0)).toBe(true);
  });

  it("shows a failed script's own words and exit code", async () => {
    const { id } = await alice.submitScript("#!/bin/sh\necho 'no such star' >&2\nexit 3\n");
    const job = await alice.ended(id);
    const { files } = await alice.files(id);
    const stderr = files.find((file) => file.role === "stderr");

    expect(job).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 3 });
    expect(stderr && (await alice.download(stderr)).toString()).toContain("no such star");
  });

  it("hides a job from everyone else", async () => {
    const { id } = await alice.submitScript("#!/bin/sh\ntrue\n");
    const bob = await sessionOf(stack, "bob");
    await expect(bob.get(id)).rejects.toThrow("404");
  });
});
