import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UploadOptions } from "../../../../web/client/upload.ts";
import {
  entriesOfNames,
  entryFaults,
  type InputEntry,
  refusalOf,
  sumOf,
} from "../../../../web/page/new-job/input-entry.ts";
import { InputShelf, maxInputs } from "../../../../web/page/new-job/input-shelf.ts";

const file = (name: string, text = "12345") => ({ name, file: new File([text], name) });
const entry = (name: string, key = name): InputEntry => ({
  key,
  name,
  size: 1,
  state: "there",
  sent: 1,
  upload: `of ${name}`,
});

/** A client whose uploads end when they are told to. */
function client() {
  const open: { name: string; options: UploadOptions; end: (error?: Error) => Promise<void> }[] = [];
  const upload = ({ name }: { name: string }, options: UploadOptions = {}) =>
    new Promise<string>((resolve, reject) => {
      options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
      const end = async (error?: Error) => {
        open.splice(open.indexOf(one), 1);
        if (error) reject(error);
        else resolve(`upload of ${name}`);
        await new Promise((done) => setTimeout(done, 1));
      };
      const one = { name, options, end };
      open.push(one);
    });
  return { open, upload };
}
const told = () => new Promise((resolve) => setTimeout(resolve, 200));

describe("the inputs of a new job", () => {
  it("are sent at once, four at a time, in their order", async () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.add(["a", "b", "c", "d", "e", "f"].map((name) => file(name)));
    expect(cloud.open.map((one) => one.name)).toEqual(["a", "b", "c", "d"]);
    await cloud.open[1]?.end();
    expect(cloud.open.map((one) => one.name)).toEqual(["a", "c", "d", "e"]);
    await told();
    expect(shelf.entries()[1]).toMatchObject({ state: "there", upload: "upload of b" });
    expect(sumOf(shelf.entries())).toMatchObject({ files: 6, bytes: 30, there: 1, underWay: 5 });
  });

  it("can be sent again one by one where they failed", async () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.add([file("a"), file("b")]);
    await cloud.open[0]?.end(new TypeError("network"));
    await cloud.open[0]?.end();
    await told();
    expect(shelf.entries().map((one) => [one.state, one.words])).toEqual([
      ["failed", "the upload was cut off"],
      ["there", undefined],
    ]);
    expect([...entryFaults(shelf.entries()).keys()]).toEqual([0]);
    shelf.retry(shelf.entries()[0]?.key ?? "");
    expect(cloud.open.map((one) => one.name)).toEqual(["a"]);
    await cloud.open[0]?.end();
    await told();
    expect(shelf.entries().map((one) => one.state)).toEqual(["there", "there"]);
  });

  it("take the place of one of the same name, whose upload is stopped", async () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.add([file("a", "old"), file("b")]);
    const [old] = cloud.open;
    shelf.add([file("a", "newer")]);
    expect(old?.options.signal?.aborted).toBe(true);
    expect(shelf.entries().map((one) => [one.name, one.size])).toEqual([
      ["a", 5],
      ["b", 5],
    ]);
  });

  it("are not sent under a name that is not accepted, until they have another", () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.add([file("a\u0007b")]);
    expect(cloud.open).toEqual([]);
    expect(shelf.entries()[0]).toMatchObject({
      state: "refused",
      words: "its name is not accepted; accepted is a name without control characters",
    });
    shelf.rename(shelf.entries()[0]?.key ?? "", "ab");
    expect(cloud.open.map((one) => one.name)).toEqual(["ab"]);
  });

  it("keep their upload under another name", async () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.add([file("a")]);
    await cloud.open[0]?.end();
    await told();
    shelf.rename(shelf.entries()[0]?.key ?? "", "b");
    expect(shelf.entries()).toMatchObject([{ name: "b", state: "there", upload: "upload of a" }]);
    expect(cloud.open).toEqual([]);
  });

  it("come back with their upload when their name does", async () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.restore([
      { name: "a", size: 1, upload: "01" },
      { name: "b", size: 2, upload: "02" },
    ]);
    shelf.setNames(["a"]);
    expect(shelf.entries().map((one) => one.name)).toEqual(["a"]);
    shelf.setNames(["b", "a"]);
    expect(shelf.entries().map((one) => [one.name, one.upload])).toEqual([
      ["b", "02"],
      ["a", "01"],
    ]);
  });

  it("of a draft are missing where they were not uploaded, and are taken up when they are added", () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.restore([{ name: "a", size: 1 }]);
    expect(shelf.entries()).toMatchObject([{ state: "missing" }]);
    shelf.add([file("a")]);
    expect(cloud.open.map((one) => one.name)).toEqual(["a"]);
    expect(shelf.entries()).toHaveLength(1);
  });

  it("are waited for, and not for ever", async () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.add([file("a"), file("b")]);
    const settled = shelf.settled(new AbortController().signal);
    const stop = new AbortController();
    const given = shelf.settled(stop.signal);
    stop.abort(new Error("not waited for"));
    await expect(given).rejects.toThrow("not waited for");
    await cloud.open[0]?.end();
    await cloud.open[0]?.end(new Error("no"));
    expect((await settled).map((one) => one.state)).toEqual(["there", "failed"]);
  });

  it("beyond what a job takes are not sent", async () => {
    const cloud = client();
    const shelf = new InputShelf(cloud);
    shelf.add(Array.from({ length: maxInputs + 1 }, (_, index) => file(`f${index}`, "")));
    for (let count = 0; cloud.open.length > 0 && count <= maxInputs; count += 1) await cloud.open[0]?.end();
    await told();
    expect(shelf.entries().at(-1)?.state).toBe("waiting");
    expect(sumOf(shelf.entries()).there).toBe(maxInputs);
  });

  it("of a list of names are known ones, renamed ones, or missing ones", () => {
    let count = 0;
    const of = (names: string[], removed: InputEntry[] = []) =>
      entriesOfNames([entry("a"), entry("b")], names, new Map(removed.map((one) => [one.name, one])), () => {
        count += 1;
        return `new ${count}`;
      }).map((one) => [one.name, one.upload]);
    expect(of(["b", "a"])).toEqual([
      ["b", "of b"],
      ["a", "of a"],
    ]);
    expect(of(["a", "c"])).toEqual([
      ["a", "of a"],
      ["c", "of b"],
    ]);
    expect(of(["a", "b", "c"])).toEqual([
      ["a", "of a"],
      ["b", "of b"],
      ["c", undefined],
    ]);
    expect(of(["a", "b", "c"], [entry("c")])).toEqual([
      ["a", "of a"],
      ["b", "of b"],
      ["c", "of c"],
    ]);
    expect(of(["a", "a"])).toEqual([
      ["a", "of a"],
      ["a", "of b"],
    ]);
  });

  it("have the names that were asked for, in their order, each its own", () => {
    const names = fc.array(fc.constantFrom("a", "b", "c", "d", "e"));
    fc.assert(
      fc.property(names, names, (before, after) => {
        let count = 0;
        const newKey = () => {
          count += 1;
          return `new ${count}`;
        };
        const old = before.map((name, place) => entry(name, `${place}`));
        const next = entriesOfNames(old, after, new Map(), newKey);
        expect(next.map((one) => one.name)).toEqual(after);
        expect(new Set(next.map((one) => one.key)).size).toBe(after.length);
      }),
    );
  });

  it("are refused beyond what can be sent in one go", () => {
    expect(refusalOf("a", 5 * 1024 ** 3)).toBeUndefined();
    expect(refusalOf("a", 5 * 1024 ** 3 + 1)).toMatch(/accepted are at most 5\.37 GB/);
  });
});
