// What is shown as code, run by a real shell and a real Python.
import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { curlFor } from "../../../../web/page/snippets/curl-for.ts";
import { pythonFor, pythonText, pythonValue } from "../../../../web/page/snippets/python-for.ts";
import { addressOf } from "../../../../web/page/snippets/request.ts";

const havePython = spawnSync("python3", ["-c", "0"]).status === 0;
const origin = "https://headgate.example";
const nasty = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      "\\",
      "$",
      "`",
      "!",
      "\n",
      "\r",
      "\t",
      " ",
      "%",
      "#",
      "{",
      "}",
      "\u2028",
      "\u{1F409}",
      "é",
      "\x07",
      "\x7f",
      "\u202e",
      "\ud800",
    ),
  }),
);
const json = fc.jsonValue({ stringUnit: "binary" });
const jsonOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The words that a shell makes of the command, curl itself put aside. */
function words(command: string): string[] {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\nuuidgen() { echo some-key; }\nTOKEN=secret\n${command}\n`;
  return execFileSync("sh", ["-s"], { input: script }).toString().split("\0").slice(0, -1);
}

describe("a request as curl", () => {
  it("is what one would write by hand", () => {
    expect(
      curlFor(origin, {
        method: "GET",
        path: "/v1/jobs",
        query: { state: ["running", "failed"], text: "a b", cursor: undefined },
      }),
    ).toBe(
      `curl -sS --fail-with-body --globoff 'https://headgate.example/v1/jobs?state=running%2Cfailed&text=a%20b' \\\n  -H "Authorization: Bearer $TOKEN"`,
    );
  });

  it("gives curl the very body, through a real shell", () => {
    fc.assert(
      fc.property(json, fc.boolean(), (body, idempotent) => {
        const given = words(curlFor(origin, { method: "POST", path: "/v1/jobs", body, idempotent }));
        expect(given).toContain("Authorization: Bearer secret");
        expect(given.includes("Idempotency-Key: some-key")).toBe(idempotent);
        expect(given).toContain(`${origin}/v1/jobs`);
        expect(JSON.parse(given[given.indexOf("--data-binary") + 1] ?? "")).toEqual(jsonOf(body));
      }),
      { numRuns: 100 },
    );
  });

  it("saves under any name, and asks by any method", () => {
    fc.assert(
      fc.property(
        nasty.map((name) => name.replaceAll(/[\0/]/g, "").toWellFormed()).filter((name) => name !== ""),
        (name) => {
          const given = words(curlFor(origin, { method: "GET", path: "/v1/x", saveAs: name }));
          expect(given[given.indexOf("-o") + 1]).toBe(name.startsWith("-") ? `./${name}` : name);
          expect(given).toContain("--location");
        },
      ),
      { numRuns: 50 },
    );
    expect(words(curlFor(origin, { method: "DELETE", path: "/v1/x" }))).toEqual([
      "-sS",
      "--fail-with-body",
      "--globoff",
      "-X",
      "DELETE",
      `${origin}/v1/x`,
      "-H",
      "Authorization: Bearer secret",
    ]);
    expect(words(curlFor(origin, { method: "PATCH", path: "/v1/x", body: {} }))).toContain("PATCH");
  });

  it("asks for the very query", () => {
    fc.assert(
      fc.property(
        nasty.map((text) => text.toWellFormed()),
        (text) => {
          expect(new URL(addressOf(origin, { path: "/v1/jobs", query: { text } })).searchParams.get("text")).toBe(text);
        },
      ),
    );
  });
});

describe.skipIf(!havePython)("a request as Python", () => {
  it("holds the very values, by a real Python", () => {
    const values = fc.sample(json, { numRuns: 300, seed: 7 });
    const texts = fc.sample(nasty, { numRuns: 300, seed: 7 });
    const program = [
      "import json, sys",
      `values = [${values.map((value) => pythonValue(value, "")).join(",\n")}]`,
      `texts = [${texts.map(pythonText).join(",\n")}]`,
      "print(json.dumps([values, texts]))",
    ].join("\n");
    const [backValues, backTexts] = JSON.parse(
      execFileSync("python3", ["-"], { input: program, maxBuffer: 1e8 }).toString(),
    );
    expect(backValues).toEqual(values.map(jsonOf));
    expect(backTexts).toEqual(texts);
  });

  it("sends what was asked for, and its token to nobody else", () => {
    const body = { name: 'it\'s "$(x)" \\ 100 %', list: [1, 2.5e-3, true, null], text: "a\nb" };
    const sent = run(
      pythonFor(origin, { method: "POST", path: "/v1/jobs", query: { a: "b c" }, body, idempotent: true }),
    );
    expect(sent).toMatchObject({ url: `${origin}/v1/jobs?a=b%20c`, method: "POST" });
    expect(JSON.parse(sent.data ?? "")).toEqual(body);
    expect(sent.headers["Idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect([sent.headers.Authorization, sent.unredirected.Authorization]).toEqual([undefined, "Bearer secret"]);
    expect(run(pythonFor(origin, { method: "GET", path: "/v1/me" }))).toMatchObject({
      method: "GET",
      data: null,
      headers: {},
    });
  });
});

type Sent = {
  url: string;
  method: string;
  data: string | null;
  headers: Record<string, string>;
  unredirected: Record<string, string>;
};

/** Runs a program with a urlopen that tells what it was given. */
function run(program: string): Sent {
  const stand = `import io, json, sys, urllib.request
def urlopen(r):
    print(json.dumps({"url": r.full_url, "method": r.get_method(), "data": r.data and r.data.decode(), "headers": r.headers, "unredirected": r.unredirected_hdrs}))
    sys.stdout = io.StringIO()
    return io.BytesIO(b"{}")
urllib.request.urlopen = urlopen
`;
  return JSON.parse(
    execFileSync("python3", ["-"], { input: stand + program, env: { ...process.env, TOKEN: "secret" } }).toString(),
  );
}
