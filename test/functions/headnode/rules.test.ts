// Small rules of the head node: who is admitted, how sizes are told, what paths become, when an address has ended.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAllowList } from "../../../functions/headnode/account-rule.ts";
import { asAccount } from "../../../functions/headnode/as-account.ts";
import { isExpired } from "../../../functions/headnode/inputs.ts";
import { overWords, sizeWords } from "../../../functions/headnode/size-words.ts";
import { freshUlid } from "../../../functions/headnode/ulid.ts";
import { withoutClashes } from "../../../functions/headnode/upload-collection.ts";
import { ulidPattern } from "../../../shared/contract/id.ts";

describe.skipIf(process.getuid?.() !== 0)("the allow list", () => {
  const make = () => {
    const folder = mkdtempSync(join(tmpdir(), "hg-allow-"));
    const etc = join(folder, "etc");
    mkdirSync(etc, { mode: 0o755 });
    const path = join(etc, "allow");
    writeFileSync(path, "# people\nalice\n  bob # a guest\n\n", { mode: 0o644 });
    return { etc, path };
  };

  it("names accounts, comments apart", () => {
    expect(readAllowList(make().path)).toEqual({ ok: true, names: new Set(["alice", "bob"]) });
  });

  it.each<[string, (place: { etc: string; path: string }) => void, RegExp]>([
    ["a list that others can write", ({ path }) => chmodSync(path, 0o664), /mode 664/],
    ["a list in a folder that others can write", ({ etc }) => chmodSync(etc, 0o777), /mode 777/],
    ["a list of another owner", ({ path }) => chownSync(path, 1001, 1001), /belongs to uid 1001/],
    ["a link", ({ etc, path }) => symlinkSync(path, join(etc, "link")), /not a plain file/],
  ])("admits nobody by %s", (what, spoil, words) => {
    const place = make();
    spoil(place);
    const answer = readAllowList(what === "a link" ? join(place.etc, "link") : place.path);
    expect(answer).toMatchObject({ ok: false, words: expect.stringMatching(words) });
  });

  it("admits nobody where it is missing", () => {
    expect(readAllowList("/nowhere/allow")).toMatchObject({
      ok: false,
      words: expect.stringContaining("nobody is admitted"),
    });
  });
});

describe("small rules", () => {
  it("run a person's command with nothing of root's environment", () => {
    const identity = { name: "alice", uid: 1001, gid: 1001, home: "/home/alice" };
    const { argv, env } = asAccount(identity, ["/usr/bin/sbatch"], {
      accounts: "mapped",
      slurm: { bin: "/opt/slurm/bin", conf: "/etc/slurm.conf" },
      folder: "/home/alice/x",
    });

    expect(argv.slice(1)).toEqual([
      ...[
        "-u",
        "alice",
        "--",
        "/usr/bin/env",
        "-i",
        "-C",
        "/home/alice/x",
        "HOME=/home/alice",
        "USER=alice",
        "LOGNAME=alice",
      ],
      ...[
        "PATH=/opt/slurm/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG=C.UTF-8",
        "SLURM_CONF=/etc/slurm.conf",
        "/usr/bin/sbatch",
      ],
    ]);
    expect(Object.keys(env)).toEqual(["PATH"]);
  });

  it("tell sizes as people do", () => {
    expect([0, 999, 1_000, 50e9, 812e9, 1e12, 1.0995e12].map(sizeWords)).toEqual([
      ...["0 bytes", "999 bytes", "1.0 kB", "50 GB", "812 GB", "1.0 TB", "1.1 TB"],
    ]);
    expect(overWords(812e9, 50e9)).toBe("812 GB > 50 GB");
    expect(overWords(50_000_000_001, 50e9)).toBe("50000000001 bytes > 50000000000 bytes");
  });

  it("keep the paths of a member apart", () => {
    const file = (path: string, role: "result" | "stdout") => ({ member: 0, path, role, size: 0, sha256: "" });
    const lines = [
      file("stdout", "stdout"),
      file("stdout", "result"),
      file("work/stdout", "result"),
      file("a", "result"),
    ];

    expect(withoutClashes(lines).map((line) => line.path)).toEqual(["stdout", "work/work/stdout", "work/stdout", "a"]);
  });

  it("see by an address itself that it has ended", () => {
    const url = "https://b.s3/k?X-Amz-Date=20261122T030000Z&X-Amz-Expires=900";
    expect(isExpired(url, Date.parse("2026-11-22T03:14:59Z"))).toBe(false);
    expect(isExpired(url, Date.parse("2026-11-22T03:15:01Z"))).toBe(true);
    expect(isExpired("https://b.s3/k")).toBe(false);
  });

  it("make ULIDs that rise", () => {
    const made = Array.from({ length: 1_000 }, () => freshUlid(1_795_316_400_000));
    expect(made.every((id) => ulidPattern.test(id))).toBe(true);
    expect([...made].sort()).toEqual(made);
    expect(freshUlid(1_795_316_400_001).slice(0, 9)).toBe(made[0]?.slice(0, 9));
  });
});
