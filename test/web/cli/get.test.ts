// `headgate get`: each file whole, under its name, in its folder alone.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ranged, type StubSite, someFile, someId, someJob, startStubSite } from "./stub-site.ts";

let site: StubSite;
beforeEach(async () => {
  site = await startStubSite();
});
afterEach(() => site.stop());

describe("get", () => {
  const big = new Uint8Array(300_000).map((_, place) => place % 251);
  /** A job with these results, each answered by ranges unless `reply` says otherwise. */
  function results(
    contents: Record<string, Uint8Array>,
    reply: (name: string, from: number) => number | undefined = () => undefined,
  ) {
    site.jobs.set(someId(1), someJob(1));
    const files = Object.entries(contents).map(([name, content]) => someFile(someId(1), name, content));
    site.on((request) => {
      if (request.path.startsWith(`/v1/jobs/${someId(1)}/files?`)) return { body: { files, skipped: [] } };
      const file = files.find((one) => one.href === request.path);
      if (!file) return undefined;
      const answer = ranged(request, contents[file.path] ?? new Uint8Array());
      const cutAfter = reply(file.path, Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0));
      return cutAfter === undefined ? answer : { ...answer, cutAfter };
    });
    return files;
  }
  const get = (...more: string[]) => site.run(["get", someId(1), "--to", site.here("got"), ...more]);
  const asks = (name: string) =>
    site.sent.filter((one) => one.path.endsWith(`/files/${encodeURIComponent(name)}`)).map((one) => one.headers.range);

  it("fetches every file under its name and leaves nothing else", async () => {
    results({ "a.txt": big.subarray(0, 10), "deep/er/b\nc": big, empty: new Uint8Array() });
    const { code, out } = await get();

    expect([code, out]).toEqual([0, `3 files (300 kB) in ${site.here("got")}, each with its SHA-256\n`]);
    expect(readdirSync(site.here("got"), { recursive: true }).sort()).toEqual([
      "a.txt",
      "deep",
      "deep/er",
      "deep/er/b\nc",
      "empty",
    ]);
    expect(readFileSync(site.here("got/deep/er/b\nc")).equals(big)).toBe(true);
  });

  it("goes on where the connection was cut, in the same command and in the next", async () => {
    results({ big }, (_name, from) => (from < 200_000 ? 100_000 : undefined));
    expect((await get()).code).toBe(0);
    expect(asks("big")[0]).toBeUndefined();
    expect(asks("big").length).toBeGreaterThan(1);
    expect(readFileSync(site.here("got/big")).equals(big)).toBe(true);

    rmSync(site.here("got/big"));
    site.sent.length = 0;
    let refusing = true;
    results({ big }, (_name, from) => (refusing ? (from === 0 ? 150_000 : 0) : undefined));
    expect((await get()).code).toBe(6);
    expect(readdirSync(site.here("got"))).toEqual([expect.stringMatching(/^\.headgate-.*\.part$/)]);
    const [part = ""] = readdirSync(site.here("got"));
    const had = statSync(site.here(`got/${part}`)).size;
    refusing = false;
    site.sent.length = 0;
    const { code, out } = await get();
    expect([code, out]).toEqual([0, expect.stringContaining("1 resumed")]);
    expect(asks("big")).toEqual([`bytes=${had}-`]);
    expect(readFileSync(site.here("got/big")).equals(big)).toBe(true);
  });

  it("leaves what is there and right, and mends what is there and wrong", async () => {
    results({ a: big, b: big.subarray(5) });
    await get();
    writeFileSync(site.here("got/b"), "something else");
    site.sent.length = 0;
    const { out } = await get();

    expect(out).toContain("1 were there");
    expect([asks("a"), asks("b")]).toEqual([[], [undefined]]);
    expect(readFileSync(site.here("got/b")).equals(big.subarray(5))).toBe(true);
  });

  it("gives no file its name whose bytes are not those that were recorded", async () => {
    const files = results({ a: big });
    for (const file of files) file.sha256 = "0".repeat(64);
    const { code, said } = await get();

    expect([code, said]).toEqual([
      7,
      expect.stringContaining("a did not arrive as it was recorded: expected SHA-256 000"),
    ]);
    expect(readdirSync(site.here("got"))).toEqual([]);
  });

  it("mends a part that was damaged meanwhile", async () => {
    results({ big }, () => 100_000);
    await get();
    const [part = ""] = readdirSync(site.here("got"));
    writeFileSync(site.here(`got/${part}`), "damaged");
    results({ big });

    expect((await get()).code).toBe(0);
    expect(readFileSync(site.here("got/big")).equals(big)).toBe(true);
  });

  it.each(["../out", "/tmp/out", "a/../../out", "", "a//b", ".", "a\0b", "x".repeat(256)])(
    "leaves out a result that is called %j, says so, and fetches the others",
    async (name) => {
      results({ [name]: big, good: big });
      const { code, out, said } = await get();

      expect([code, out]).toEqual([7, expect.stringMatching(/^1 file /)]);
      expect(said).toContain(`not fetched: a result is called ${JSON.stringify(name)}; accepted is `);
      expect(said).toMatch(/headgate: 1 of 2 files were not fetched\n$/);
      expect(readdirSync(site.folder)).not.toContain("out");
      expect(readdirSync(site.here("got"))).toEqual(["good"]);
    },
  );

  it("fetches names with control characters and long paths, and shows them escaped", async () => {
    const odd = "tab\t esc\u001b[31m csi\u009b del\u007f\r\n";
    const deep = `${"d".repeat(200)}/`.repeat(6) + odd;
    results({ [odd]: big, [deep]: big.subarray(1) });
    expect((await get()).code).toBe(0);
    expect(readFileSync(site.here(`got/${odd}`)).equals(big)).toBe(true);
    expect(readFileSync(site.here(`got/${deep}`)).equals(big.subarray(1))).toBe(true);

    const { out } = await site.run(["files", someId(1)]);
    expect(out).toContain('  "tab\\t esc\\u001b[31m csi\\u009b del\\u007f\\r\\n"\n');
    const json = (await get("--json")).out;
    expect(json).not.toMatch(/[^\n -~]/);
    expect((JSON.parse(json) as { files: { path: string }[] }).files.map((file) => file.path)).toEqual([odd, deep]);
  });

  it("fetches the others where one path is too long here, or one file did not arrive as it was recorded", async () => {
    const long = `${"d".repeat(250)}/`.repeat(17);
    const files = results({ [`${long}\u001b`]: big, bad: big, good: big });
    for (const file of files) if (file.path === "bad") file.sha256 = "0".repeat(64);
    const { code, out, said } = await get("--json");

    const { files: got, missing } = JSON.parse(out) as Record<string, { path: string }[]>;
    expect([code, got?.map((one) => one.path)]).toEqual([7, ["good"]]);
    expect(missing).toEqual(
      expect.arrayContaining([
        { path: `${long}\u001b`, reason: `"${long}\\u001b" cannot be written here: ENAMETOOLONG` },
        { path: "bad", reason: expect.stringContaining("bad did not arrive as it was recorded") },
      ]),
    );
    expect(said).toContain(`not fetched: "${long}\\u001b" cannot be written here: ENAMETOOLONG\n`);
    expect(readFileSync(site.here("got/good")).equals(big)).toBe(true);
  });

  it("passes through no link that lies in the folder", async () => {
    mkdirSync(site.here("elsewhere"));
    mkdirSync(site.here("got"));
    symlinkSync(site.here("elsewhere"), site.here("got/sub"));
    symlinkSync(site.here("elsewhere/x"), site.here("got/file"));
    results({ "sub/a": big });
    expect(await get()).toMatchObject({ code: 7, said: expect.stringContaining("is a link and stays as it is") });
    results({ file: big });
    expect((await get()).code).toBe(7);
    expect(readdirSync(site.here("elsewhere"))).toEqual([]);
  });

  it("fetches only what is asked for", async () => {
    results({ "a/1": big, "a/2": big, b: big });
    expect((await get("a/")).code).toBe(0);
    expect(readdirSync(site.here("got"), { recursive: true }).sort()).toEqual(["a", "a/1", "a/2"]);
    expect(await get("c")).toMatchObject({ code: 4, said: expect.stringContaining('the job has no result "c"') });
  });
});
