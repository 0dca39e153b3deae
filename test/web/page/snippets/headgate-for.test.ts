// What is shown as a command, split by a real shell and run by the command line against a site of the test's own.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { headgateFor, loginFor } from "../../../../web/page/snippets/headgate-for.ts";
import type { SnippetRequest } from "../../../../web/page/snippets/request.ts";
import { type StubSite, someId, startStubSite } from "../../cli/stub-site.ts";

let site: StubSite;
beforeAll(async () => {
  site = await startStubSite();
});
afterAll(() => site.stop());

/** The words that a shell hands to the program. */
function words(command: string): string[] {
  const script = `headgate() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}\n`;
  return execFileSync("sh", ["-s"], { input: script }).toString().split("\0").slice(0, -1);
}

/** What reaches the site when the command is run. */
async function sent(request: SnippetRequest) {
  site.sent.length = 0;
  const { code, said } = await site.run(words(headgateFor(request)));
  const last = site.sent.at(-1);
  return { code, said, method: last?.method, path: last?.path, body: last?.body.toString() };
}

const text = fc.string({
  unit: fc.constantFrom("a", " ", "'", '"', "$", "`", "\\", "@", "=", "-", "é", "[", ",", "{", "!"),
});

describe("a request as a command", () => {
  it("is what one would write by hand", () => {
    expect(
      headgateFor({
        method: "GET",
        path: "/v1/jobs",
        query: { state: ["running", "failed"], text: "a b", cursor: undefined },
      }),
    ).toBe(
      "headgate jobs '--state=running,failed' '--text=a b' --json".replaceAll(
        "'--state=running,failed'",
        "'--state=running,failed'",
      ),
    );
    expect(loginFor("https://headgate.example")).toBe("headgate login --api https://headgate.example");
    expect(headgateFor({ method: "POST", path: `/v1/jobs/${someId(1)}/cancel` })).toBe(
      `headgate cancel ${someId(1)} --json`,
    );
    expect(headgateFor({ method: "PATCH", path: `/v1/jobs/${someId(1)}`, body: { name: null } })).toBe(
      `headgate api PATCH /v1/jobs/${someId(1)} \\\n  --body '{\n  "name": null\n}'`,
    );
  });

  it("submits the very same, by a real shell and the real command", async () => {
    const options = fc.record(
      {
        name: text.filter((one) => one !== ""),
        description: text,
        cluster: fc.constant("local"),
        version: fc.constant("2"),
        tags: fc.array(fc.constantFrom("a", "b c", "-x"), { minLength: 1, maxLength: 3 }),
        resources: fc.record(
          {
            nodes: fc.integer({ min: 1, max: 9 }),
            wallMinutes: fc.integer({ min: 1, max: 90 }),
            partition: fc.constant("p-1"),
            constraint: fc.constant("a|b&c"),
            memoryPerCpuMb: fc.constant(7),
          },
          { requiredKeys: [] },
        ),
        retry: fc.constant({ limit: 1, on: ["time-limit", "signal"] }),
        mail: fc.constant({ to: ["a@example.org", "b@example.org"], on: ["running", "failed"] }),
      },
      { requiredKeys: ["resources"] },
    );
    const parameters = fc.record(
      {
        text: text.filter((one) => one !== ""),
        interpreter: fc.constant("bash"),
        arguments: fc.array(text, { maxLength: 3 }),
      },
      { requiredKeys: ["text"] },
    );
    const inputs = fc
      .array(fc.constantFrom("a", "-b", "c d/e=f", "é"), { maxLength: 2 })
      .map((names) => [...new Set(names)].map((name, place) => ({ upload: someId(place), name })));
    await fc.assert(
      fc.asyncProperty(options, parameters, inputs, async (more, values, files) => {
        const body = { application: "script", parameters: values, inputs: files, ...more };
        const {
          code,
          said,
          path: at,
          body: got,
        } = await sent({ method: "POST", path: "/v1/jobs", body, idempotent: true });
        expect([code, said, at]).toEqual([0, "", "/v1/jobs"]);
        expect(JSON.parse(got ?? "")).toEqual(body);
      }),
      { numRuns: 60 },
    );
  });

  it.each<SnippetRequest>([
    {
      method: "POST",
      path: "/v1/jobs",
      body: { application: "script", parameters: { text: "a" }, rerunOf: someId(4) },
    },
    { method: "POST", path: "/v1/jobs", body: { application: "script", parameters: 5 } },
    { method: "POST", path: "/v1/jobs/bulk", body: { action: "tag", jobs: [someId(1)], tag: "it's" } },
    { method: "GET", path: `/v1/jobs/${someId(1)}/files`, query: { cursor: "a b&c" } },
    { method: "GET", path: "/v1/jobs", query: { other: "x" } },
    { method: "DELETE", path: "/v1/tokens/x" },
  ])("sends what has no command of its own as it is: $method $path %#", async (request) => {
    const got = await sent(request);
    const query = Object.entries(request.query ?? {}).map(
      ([name, value]) => `?${name}=${encodeURIComponent(String(value))}`,
    );
    expect([got.method, got.path]).toEqual([request.method, `${request.path}${query.join("")}`]);
    expect(got.body ? JSON.parse(got.body) : undefined).toEqual(request.body);
  });

  it("fetches a file of any name", () => {
    const name = "-a/it's 100 %.txt";
    const path = `/v1/jobs/${someId(1)}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
    expect(words(headgateFor({ method: "GET", path, saveAs: "x.txt" }))).toEqual([
      "get",
      someId(1),
      "--to=.",
      "--",
      name,
    ]);
  });
});
