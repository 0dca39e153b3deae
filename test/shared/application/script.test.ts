// The application "script", run by a real sh.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJob } from "../../../shared/application/applications.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { runRendered } from "./run-rendered.ts";

/** Prints each argument as bytes in hex, one a line: nothing of it can be mistaken. */
const printer = `import os, sys
for word in sys.argv[1:]:
    print(os.fsencode(word).hex())
`;
const bytesOf = (stdout: string) =>
  stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => Buffer.from(line, "hex").toString());

const nasty = [
  "",
  " ",
  "-",
  "--",
  "-e",
  "--help",
  "$(touch pwned)",
  "`touch pwned`",
  "$HOME",
  "'",
  "''",
  '"',
  "\\",
  "\\n",
  "a\nb",
  "\n",
  "\r\n",
  "*",
  "?",
  "[a-z]",
  "~",
  "a;b",
  "a|b",
  "a&b",
  "#",
  "!",
  "é",
  "Á",
  "ÿ",
  "日本語",
  "🧪",
  "\u0081\u0082\u0088",
  "\u202e",
  "\u001b[31m",
  "a\tb",
  "x=y",
  "{a,b}",
  "%s%n",
];

describe("script", () => {
  it("hands arguments of any characters to the program unharmed", async () => {
    using ran = await runRendered({
      application: "script",
      parameters: { script: "p.py", arguments: nasty },
      inputs: { "p.py": printer },
    });

    expect(ran.stderr).toBe("");
    expect(bytesOf(ran.stdout)).toEqual(nasty);
    expect(ran.made).toEqual(["p.py"]);
  });

  it("does so for whatever words there are", async () => {
    const word = fc
      .string({ unit: "binary", maxLength: 40 })
      .filter((text) => !text.includes("\0") && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 12 }), async (words) => {
        using ran = await runRendered({
          application: "script",
          parameters: { text: printer, interpreter: "python3", arguments: words },
          inputs: {},
        });
        expect(bytesOf(ran.stdout)).toEqual(words);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    "-n.sh",
    "two words.sh",
    "it's.sh",
    "$(touch pwned).sh",
    "new\nline.sh",
    "héé.sh",
    "deep/er/run.sh",
    "a\\b.sh",
    "*.sh",
  ])("runs an input named %j", async (name) => {
    using ran = await runRendered({
      application: "script",
      parameters: { script: name, arguments: ["-x"] },
      inputs: { [name]: 'printf "%s" "$1"\n' },
    });

    expect([ran.stdout, ran.code]).toEqual(["-x", 0]);
    expect(ran.made).not.toContain("pwned");
  });

  it.each([
    ["a shebang with an option", "#!/bin/sh -e\nfalse\necho on", "", 1],
    ["a shebang by env", "#! /usr/bin/env python3\nprint(1 + 1)", "2\n", 0],
    ["a shebang that ends as on Windows", "#!/usr/bin/env python3\r\nprint(3)\r\n", "3\n", 0],
    ["a shebang with blanks about", "#!  /bin/sh   -e  \necho $-", undefined, 0],
    ["no shebang", "echo $(( 2 + 3 ))", "5\n", 0],
    ["no newline at the end", "echo last", "last\n", 0],
  ])("chooses the interpreter by %s", async (_what, text, stdout, code) => {
    using ran = await runRendered({ application: "script", parameters: { text }, inputs: {} });

    expect(ran.code, ran.stderr).toBe(code);
    if (stdout !== undefined) expect(ran.stdout).toBe(stdout);
    else expect(ran.stdout).toContain("e");
  });

  it("takes .py for Python where no shebang says otherwise, and obeys a named interpreter", async () => {
    using python = await runRendered({
      application: "script",
      parameters: { script: "a.py" },
      inputs: { "a.py": "print('py')" },
    });
    using bash = await runRendered({
      application: "script",
      parameters: { text: "[[ a == a ]] && echo bash", interpreter: "bash" },
      inputs: {},
    });
    using sh = await runRendered({
      application: "script",
      parameters: { script: "a.py", interpreter: "sh" },
      inputs: { "a.py": "#!/usr/bin/python3\necho sh" },
    });

    expect([python.stdout, bash.stdout, sh.stdout]).toEqual(["py\n", "bash\n", "sh\n"]);
  });

  it("says which interpreter is missing and exits 127", async () => {
    using ran = await runRendered({
      application: "script",
      parameters: { text: "#!/opt/none/julia -q\n1" },
      inputs: {},
    });

    expect(ran.code).toBe(127);
    expect(ran.stderr).toContain("There is no interpreter /opt/none/julia on this cluster");
  });

  it("leaves the script's own exit code, and its words, as they are", async () => {
    using ran = await runRendered({ application: "script", parameters: { text: "echo no >&2; exit 42" }, inputs: {} });

    expect([ran.code, ran.stderr]).toEqual([42, "no\n"]);
  });

  it("takes 256 KB of text and 64 KB of arguments, and not a byte more", async () => {
    const text = `exit 7\n#${"é".repeat(131_068)}`;
    using ran = await runRendered({
      application: "script",
      parameters: { text, arguments: ["x".repeat(65_536)] },
      inputs: {},
    });

    expect(ran.code, ran.stderr).toBe(7);
    expect(issuesOf({ text: `${text}é` })).toEqual([
      expect.objectContaining({ field: "parameters.text", accepted: "at most 262144 bytes (this has 262146)" }),
    ]);
    expect(issuesOf({ text: "a", arguments: ["x".repeat(65_536), "y"] })).toEqual([
      expect.objectContaining({ field: "parameters.arguments", accepted: "at most 65536 bytes (this has 65537)" }),
    ]);
  });

  it("is one constant text, whatever a person writes", () => {
    const one = renderJob({ application: "script", parameters: { text: "a" }, resources: {}, inputs: [] });
    const other = renderJob({
      application: "script",
      parameters: { script: "$(b)", arguments: nasty },
      resources: { cpusPerTask: 4 },
      inputs: ["$(b)"],
    });

    expect(other.script).toBe(one.script);
    expect(Object.keys(one.files).sort()).toEqual(["environment.sh", "program", "words.sh"]);
    expect(Object.keys(other.files)).toEqual(["words.sh", "environment.sh"]);
    execFileSync("/bin/sh", ["-n", "-c", one.script]);
  });

  it("refuses what is not right, each with its field and what is accepted", () => {
    expect(issuesOf({})).toEqual([{ field: "parameters", accepted: "exactly one of script, text" }]);
    expect(issuesOf({ script: "a.sh", text: "b" })).toEqual([
      { field: "parameters", value: '["script","text"]', accepted: "exactly one of script, text" },
    ]);
    expect(issuesOf({ script: "b.sh" })).toEqual([
      { field: "parameters.script", value: '"b.sh"', accepted: 'the name of an input: "a.sh"' },
    ]);
    expect(issuesOf({ text: "a", interpreter: "perl", argument: ["x"] })).toEqual([
      { field: "parameters.interpreter", value: '"perl"', accepted: "one of auto, sh, bash, python3" },
      {
        field: "parameters.argument",
        value: '["x"]',
        accepted: "no such field; there are script, text, interpreter, arguments, environment, output, error",
      },
    ]);
    expect(issuesOf({ text: "a", arguments: ["x", 1, "a\0b"] }).map((issue) => [issue.field, issue.accepted])).toEqual([
      ["parameters.arguments.1", "text without NUL"],
      ["parameters.arguments.2", "text without NUL"],
    ]);
    expect(issuesOf({ text: "a", arguments: "x" })).toEqual([
      { field: "parameters.arguments", value: '"x"', accepted: "a list of at most 1000, each text without NUL" },
    ]);
    expect(issuesOf({ text: "\ud800" })[0]?.accepted).toBe("well-formed unicode");
    expect(issuesOf({ text: "a", "\ud800": 1 })[0]?.accepted).toBe("names in well-formed unicode");
    expect(issuesOf(JSON.parse('{"text":"a","__proto__":{"x":1}}') as Record<string, unknown>)[0]?.field).toBe(
      "parameters.__proto__",
    );
    expect(issuesOf({ text: "a\0" })[0]?.field).toBe("parameters.text");
    expect(issuesOf({ text: "" })[0]?.field).toBe("parameters.text");
  });
});

it("runs the welcome job's own script on its own data", async () => {
  const folder = path.join(import.meta.dirname, "../../../infra/local/welcome");
  const inputs = Object.fromEntries(
    ["welcome.sh", "points.csv"].map((name) => [name, readFileSync(path.join(folder, name))]),
  );
  using ran = await runRendered({ application: "script", parameters: { script: "welcome.sh" }, inputs });

  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.made).toEqual(["fit.csv", "points.csv", "summary.txt", "welcome.sh"]);
  expect(ran.stdout).toContain("b      = 1.9905 +/- 0.0309");
});

function issuesOf(parameters: Record<string, unknown>) {
  try {
    renderJob({ application: "script", parameters, resources: {}, inputs: ["a.sh"] });
  } catch (error) {
    if (error instanceof GatewayError && error.code === "invalid-request") return error.issues;
    throw error;
  }
  return [];
}
