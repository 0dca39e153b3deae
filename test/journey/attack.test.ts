// Rule 10 under attack on real Slurm: what a job leaves in its folder can neither leak, nor hang, nor mislead.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inTurns } from "../../shared/job/in-turns.ts";
import { type Session, sessionOf } from "./api-session.ts";
import { type LocalStack, startStack } from "./local-stack.ts";
import { haveSlurm, isRoot } from "./machine.ts";

const secret = "root-only: nobody else may read this";
const secretFile = "/var/lib/headgate-attack-secret";

describe.skipIf(!haveSlurm() || !isRoot())("a job that attacks its collector", () => {
  let stack: LocalStack;
  let alice: Session;

  beforeAll(async () => {
    writeFileSync(secretFile, secret, { mode: 0o600 });
    stack = await startStack({ flags: ["--slurm=private", "--nodes=2", "--no-welcome"] });
    alice = await sessionOf(stack, "alice");
  });

  afterAll(async () => {
    execFileSync("sh", ["-c", "pkill -KILL -u alice -f headgate-attack || true"]);
    await stack?.stop();
    if (stack) rmSync(stack.data, { recursive: true, force: true });
    rmSync(secretFile, { force: true });
  });

  /** Every byte that the job's results hold. A few files at a time: the API has no more instances, and answers 503 beyond them. */
  async function everything(id: string): Promise<string> {
    const { files } = await alice.files(id);
    const texts = await inTurns(files, 8, async (file) => (await alice.download(file)).toString("latin1"));
    return texts.join("\n");
  }

  it("gets links, FIFOs and sockets named as skipped, and the rest of its files", async () => {
    const { id } = await alice.submitScript(`#!/bin/sh
ln -s ${secretFile} by-symlink
ln -s /etc folder-by-symlink
mkfifo fifo
echo mine >once
ln once by-hard-link
ln -s loop loop
mkdir inner && ln -s ../../../../../../../../..${secretFile} inner/climb
python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.bind("socket")'
echo good >good.txt
`);
    const job = await alice.ended(id);
    const { files, skipped } = await alice.files(id);

    expect(job.state).toBe("succeeded");
    expect(files.map((file) => file.path)).toContain("good.txt");
    expect(skipped.map((one) => one.path).sort()).toEqual(
      ["by-hard-link", "by-symlink", "fifo", "folder-by-symlink", "inner/climb", "loop", "once", "socket"].sort(),
    );
    expect(await everything(id)).not.toContain("root-only");
  });

  it.each([
    ["removes", "cd .. && rm -rf work"],
    ["locks", "chmod 000 ."],
    ["swaps for a link", "cd .. && mv work away && ln -s /etc work"],
  ])("gets its log where it %s its folder", async (_how, command) => {
    const { id } = await alice.submitScript(`#!/bin/sh\necho seen before\n${command}\n`);
    const job = await alice.ended(id);
    const { files, skipped } = await alice.files(id);

    expect(job.results.state).toBe("available");
    expect(files.map(({ path, role }) => [path, role])).toContainEqual(["stdout", "stdout"]);
    expect(await everything(id)).toContain("seen before");
    expect(skipped).toEqual([{ path: "work", skipped: expect.stringContaining("gone or no folder any more") }]);
  });

  it("gets a device named as skipped", async () => {
    const { id } = await alice.submitScript("#!/bin/sh\ntouch ready\nwhile [ ! -e go ]; do sleep 0.1; done\n");
    const { folder } = await alice.until(id, (job) => job.state === "running" && job.folder !== undefined);
    execFileSync("mknod", [`${folder}/work/disk`, "b", "7", "0"]);
    execFileSync("mknod", [`${folder}/work/zero`, "c", "1", "5"]);
    execFileSync("chmod", ["666", `${folder}/work/disk`, `${folder}/work/zero`]);
    execFileSync("touch", [`${folder}/work/go`]);
    await alice.ended(id);
    const { skipped } = await alice.files(id);

    expect(skipped.map((one) => one.path).sort()).toEqual(["disk", "zero"]);
  });

  it("reads nothing outside its folder when a directory is swapped for a symlink while it is collected", async () => {
    // the secret stays root's: what could leak is what only root may read, and what lies outside the folder
    const { id } = await alice.submitScript(`#!/bin/sh
mkdir -p swap.real away
i=0
while [ $i -lt 300 ]; do echo inside >swap.real/file-$i; i=$((i + 1)); done
mkdir -p ~/headgate-attack-outside
i=0
while [ $i -lt 300 ]; do echo outside-of-the-folder >~/headgate-attack-outside/file-$i; i=$((i + 1)); done
mv swap.real swap
cat >swapper.sh <<'END'
# headgate-attack
n=0
while [ $n -lt 4000 ]; do
  mv swap swap.real && ln -s ~/headgate-attack-outside swap
  rm swap && mv swap.real swap
  n=$((n + 1))
done
END
setsid sh swapper.sh headgate-attack >/dev/null 2>&1 </dev/null &
sleep 0.2
`);
    const job = await alice.ended(id, 120);
    expect(["available", "unavailable"]).toContain(job.results.state);
    if (job.results.state === "available") expect(await everything(id)).not.toContain("outside-of-the-folder\n");
  });

  it("neither hangs on nor tears a file that grows while it is collected", async () => {
    const { id } = await alice.submitScript(`#!/bin/sh
cat >grower.sh <<'END'
# headgate-attack
n=0
while [ $n -lt 600 ]; do head -c 100000 /dev/zero >>growing; n=$((n + 1)); sleep 0.01; done
END
head -c 3000000 /dev/zero >growing
setsid sh grower.sh headgate-attack >/dev/null 2>&1 </dev/null &
sleep 0.3
`);
    const job = await alice.ended(id, 120);
    const { files, skipped } = await alice.files(id);

    expect(job.results.state).toBe("available");
    const grown = files.find((file) => file.path === "growing");
    // either it was left, and said so, or what came is what its checksum says
    if (grown) await alice.download(grown);
    else expect(skipped.map((one) => one.path)).toContain("growing");
  });

  it("has results of 1 TB withheld, at once and in words, though the file is empty on disk", async () => {
    const { id } = await alice.submitScript("#!/bin/sh\ntruncate -s 1T huge\necho small >small.txt\n");
    const job = await alice.ended(id, 60);

    expect(job.state).toBe("succeeded");
    expect(job.results.state).toBe("withheld");
    expect(job.results.reason).toMatch(/TB > /);
  });

  it("does not get a forged end of its own believed", async () => {
    const { id } = await alice.submitScript(`#!/bin/sh
cd ../../../records
read -r name id start began <0.claim
echo "$start 0 $began $(date +%s)" >0.end
chmod 400 0.end
exit 3
`);
    const job = await alice.ended(id, 120);

    expect(job.state).toBe("failed");
    expect(job.results.state).toBe("available");
  });

  it("gets files back whatever their names play at", async () => {
    const names = [
      "%2e%2e",
      "%2F",
      "a%2Fb",
      "q?x=1",
      "h#f",
      "+",
      "\\",
      "...",
      " ",
      "nfc é",
      "nfd e\u0301",
      "\u202egnp.exe",
    ];
    const { id } = await alice.submitScript(`#!/bin/sh
${names.map((name) => `printf %s '${name}' >'./${name}'`).join("\n")}
touch "$(printf 'not\\377utf-8')"
`);
    await alice.ended(id);
    const { files, skipped } = await alice.files(id);

    for (const name of names) {
      const file = files.find((one) => one.path === name);
      expect(file, name).toBeDefined();
      if (file) expect((await alice.download(file)).toString()).toBe(name);
    }
    expect(skipped.map((one) => one.skipped)).toEqual(["name is not UTF-8"]);
  });

  it("finds no credential in its environment, nor in what it can see of the head node", async () => {
    const { id } = await alice.submitScript(`#!/bin/sh
env
cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'
find / -xdev \\( -name headnode.json -o -name intent -o -name '*.ndjson' \\) -readable -exec cat {} + 2>/dev/null
exit 0
`);
    const job = await alice.ended(id);
    const text = await everything(id);

    expect(job.state).toBe("succeeded");
    expect(text).toContain("SLURM_JOB_ID=");
    expect(text).not.toMatch(/AWS_(ACCESS|SECRET|SESSION)|X-Amz-Signature|LOCAL[A-Z2-7]{16}/);
  });
});
