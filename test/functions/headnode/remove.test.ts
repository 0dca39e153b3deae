// Removing a folder that a job has made hostile: all of it goes, and nothing outside it does.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeFolder } from "../../../functions/headnode/account/remove.ts";

const withinMs = 20_000;
let place: string;
let folder: string;
let outside: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "hg-remove-"));
  folder = join(place, "root", "01JZZZZZZZZZZZZZZZZZZZZZZZ");
  outside = join(place, "outside");
  for (const index of [0, 1, 2]) mkdirSync(join(folder, "members", String(index), "work"), { recursive: true });
  mkdirSync(join(folder, "records"));
  writeFileSync(join(folder, "group"), "x");
  mkdirSync(join(outside, "deep"), { recursive: true });
  writeFileSync(join(outside, "deep", "precious"), "precious");
});
afterEach(() => rmSync(place, { recursive: true, force: true }));
const precious = () => readFileSync(join(outside, "deep", "precious"), "utf8");

describe("removing a job's folder", () => {
  it("takes members alone, or all of it", async () => {
    expect(await removeFolder({ folder, members: [0, 2, 7], withinMs })).toEqual({ left: "nothing" });
    expect(readdirSync(join(folder, "members"))).toEqual(["1"]);
    expect(existsSync(join(folder, "records"))).toBe(true);

    expect(await removeFolder({ folder, withinMs })).toEqual({ left: "nothing" });
    expect(readdirSync(join(place, "root"))).toEqual([]);
    expect(await removeFolder({ folder, withinMs })).toEqual({ left: "nothing" });
  });

  it("removes links, FIFOs, odd names and hard links themselves, and nothing that they lead to", async () => {
    const work = join(folder, "members/0/work");
    symlinkSync(outside, join(work, "link"));
    symlinkSync("../../../../../outside/deep", join(work, "relative"));
    symlinkSync("/nowhere", join(work, "broken"));
    symlinkSync("loop", join(work, "loop"));
    linkSync(join(outside, "deep", "precious"), join(work, "hard"));
    execFileSync("mkfifo", [join(work, "fifo")]);
    for (const name of ["-rf", " ", "a\nb", "*", "世界"]) mkdirSync(join(work, name));
    writeFileSync(Buffer.concat([Buffer.from(`${work}/`), Buffer.from([0xff, 0xfe, 0x41])]), "");
    mkdirSync(Buffer.concat([Buffer.from(`${work}/`), Buffer.from([0xc3, 0x28])]));

    expect(await removeFolder({ folder, withinMs })).toEqual({ left: "nothing" });
    expect(existsSync(folder)).toBe(false);
    expect(precious()).toBe("precious");
  });

  it("removes no more than a link where the folder, or one on the way to a member, has become one", async () => {
    rmSync(join(folder, "members/1"), { recursive: true });
    symlinkSync(join(outside, "deep"), join(folder, "members/1"));
    expect(await removeFolder({ folder, members: [1], withinMs })).toEqual({ left: "nothing" });
    expect(precious()).toBe("precious");

    rmSync(join(folder, "members"), { recursive: true });
    mkdirSync(join(outside, "0"));
    symlinkSync(outside, join(folder, "members"));
    expect(await removeFolder({ folder, members: [0], withinMs })).toEqual({ left: "nothing" });
    expect(existsSync(join(outside, "0"))).toBe(true);

    rmSync(folder, { recursive: true });
    symlinkSync(outside, folder);
    expect(await removeFolder({ folder, members: [0], withinMs })).toEqual({ left: "nothing" });
    expect(await removeFolder({ folder, withinMs })).toEqual({ left: "nothing" });
    expect(precious()).toBe("precious");
    expect(existsSync(join(outside, "0"))).toBe(true);
  });

  it("removes a tree deeper than any path or number of open files allows", async () => {
    const script = `import os
os.chdir(${JSON.stringify(join(folder, "members/0/work"))})
for i in range(700):
    os.mkdir("d" * 50); open("f", "w").close(); os.chdir("d" * 50)
`;
    execFileSync("python3", ["-c", script]);
    const open = readdirSync("/proc/self/fd").length;

    expect(await removeFolder({ folder, withinMs: 60_000 })).toEqual({ left: "nothing" });
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(open + 2);
  }, 90_000);

  it("removes more files than it reads at once, in as many turns as it takes", async () => {
    const work = join(folder, "members/0/work");
    for (let i = 0; i < 2_500; i += 1) writeFileSync(join(work, `f${i}`), "");
    let turns = 0;
    for (;;) {
      const answer = await removeFolder({ folder, withinMs: 10 });
      turns += 1;
      if (answer.left === "nothing") break;
      expect(answer).toEqual({ left: "more" });
    }
    expect(turns).toBeGreaterThan(1);
    expect(existsSync(folder)).toBe(false);
  });

  it("leaves everything outside alone while a folder is swapped for a link again and again", async () => {
    const work = join(folder, "members/0/work");
    for (let i = 0; i < 400; i += 1) mkdirSync(join(work, `d${i}`, "deep"), { recursive: true });
    const swap = `import os, sys, time
work, outside = sys.argv[1:]
end = time.time() + 20
while time.time() < end and os.path.isdir(work):
    for i in range(400):
        d = "%s/d%d" % (work, i)
        try:
            os.rename(d, d + ".away"); os.symlink(outside, d); os.unlink(d); os.rename(d + ".away", d)
        except OSError: pass
`;
    const swapper = spawn("python3", ["-c", swap, work, outside], { stdio: "ignore" });
    const ended = new Promise((resolve) => swapper.on("close", resolve));
    try {
      for (let turn = 0; turn < 20; turn += 1) if ((await removeFolder({ folder, withinMs })).left === "nothing") break;
    } finally {
      swapper.kill();
      await ended;
    }
    expect(precious()).toBe("precious");
    expect((await removeFolder({ folder, withinMs })).left).toBe("nothing");
    expect(existsSync(folder)).toBe(false);
    expect(precious()).toBe("precious");
  }, 60_000);

  it("never changes the modes of what a link leads to", async () => {
    chmodSync(join(outside, "deep"), 0o500);
    symlinkSync(join(outside, "deep"), join(folder, "members/0/work/link"));
    await removeFolder({ folder, withinMs });
    expect(statSync(join(outside, "deep")).mode & 0o777).toBe(0o500);
  });
});
