// Too much memory on a Slurm without cgroups, whose record only says signal 9: the job's own output tells why.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import { haveSlurm, isRoot } from "../journey/machine.ts";
import { slurmFolder, startTestHeadnode, type TestHeadnode, testGroup } from "./headnode-home.ts";

/** Takes that much and holds it until somebody looks. */
const take = (megabytes: number) => `python3 -c 'x = bytearray(${megabytes}_000_000); import time; time.sleep(30)'`;

describe.skipIf(!haveSlurm() || !isRoot())("too much memory where Slurm looks at it each second", () => {
  let slurm: PrivateSlurm;
  let node: TestHeadnode;

  beforeAll(async () => {
    ensureAccounts(["alice"]);
    slurm = await startPrivateSlurm({ dir: slurmFolder("memory"), clean: true, nodes: 1 });
    node = await startTestHeadnode(slurm, { allow: ["alice"] });
  });
  afterAll(async () => {
    await slurm?.stop();
    await node?.stop();
  });

  it("is the reason of a job's end, with Slurm's words in its output; a program that only speaks of memory is not", async () => {
    const resources = { memoryMb: 100 };
    const killed = testGroup(`echo begun; ${take(400)}`, { resources });
    const step = testGroup(`srun --mem=60M ${take(400)} || exit 7`, { resources });
    const talks = testGroup("echo 'MemoryError: exceeded memory limit' >&2; exit 1", { resources });
    const groups = [killed, step, talks];
    for (const group of groups) await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    const [first, second, third] = await Promise.all(
      groups.map(async (group) => (await node.settled(group, 120_000)).states.at(-1)),
    );

    expect(first).toMatchObject({
      state: "failed",
      reason: "out-of-memory",
      signal: 9,
      detail: expect.stringMatching(
        /^its output says "slurmstepd\S* error: .*exceeded memory limit.*"; it ended by signal 9/,
      ),
    });
    expect(second).toMatchObject({ reason: "out-of-memory", detail: expect.stringContaining("memory limit") });
    expect(third).toMatchObject({
      reason: "exit-code",
      exitCode: 1,
      detail: expect.stringMatching(/^ended with exit code 1; /),
    });
  }, 200_000);
});
