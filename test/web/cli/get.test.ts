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

  it.each(["../out", "/tmp/out", "a/../../out", "", "a//b", ".", "a\0b"])(
    "writes nothing at all where a result is called %j",
    async (name) => {
      results({ good: big, [name]: big });
      const { code } = await get();

      expect(code).toBe(5);
      expect(readdirSync(site.folder)).not.toContain("out");
      expect(readdirSync(site.folder)).not.toContain("got");
    },
  );

  it("passes through no link that lies in the folder", async () => {
    mkdirSync(site.here("elsewhere"));
    mkdirSync(site.here("got"));
    symlinkSync(site.here("elsewhere"), site.here("got/sub"));
    symlinkSync(site.here("elsewhere/x"), site.here("got/file"));
    results({ "sub/a": big });
    expect(await get()).toMatchObject({ code: 5, said: expect.stringContaining("is a link and stays as it is") });
    results({ file: big });
    expect((await get()).code).toBe(5);
    expect(readdirSync(site.here("elsewhere"))).toEqual([]);
  });

  it("fetches only what is asked for", async () => {
    results({ "a/1": big, "a/2": big, b: big });
    expect((await get("a/")).code).toBe(0);
    expect(readdirSync(site.here("got"), { recursive: true }).sort()).toEqual(["a", "a/1", "a/2"]);
    expect(await get("c")).toMatchObject({ code: 4, said: expect.stringContaining('the job has no result "c"') });
  });
});
