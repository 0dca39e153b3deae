// Ends that Slurm, the program or the cluster's rules bring about.
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { ApiError, call } from "../../../infra/local/api-client.ts";
import { ended, logOf, onPage, patienceSeconds, running, runScript, type Scenario, statesOf } from "./world.ts";

export const endings: Scenario[] = [
  {
    name: "that runs into its time limit fails so, with what it had written and without its exit code of 0",
    async run(world) {
      const script = "trap 'echo asked to end; exit 0' TERM; echo begun; sleep 300 & wait";
      const end = await runScript(world, script, { resources: { wallMinutes: 1 } });

      expect(end.job).toMatchObject({ state: "failed", reason: "time-limit" });
      expect(end.job.detail).toContain("TIMEOUT");
      expect(end.job.exitCode).not.toBe(0);
      expect(await logOf(world, end, "stdout")).toContain("begun\n");
      // of a job that starts at once nobody may see that it waited
      const moves = statesOf(end.events).filter((state) => state !== "queued");
      expect(moves).toEqual(["submitted", "dispatched", "running", "collecting", "failed"]);
      await onPage(world, end, {
        standing: "It ran into its time limit.",
        likely: "It had not ended after the 1 min that it had asked for. Ask for more time",
        detail: "TIMEOUT: it reached its time limit",
      });
    },
  },
  {
    name: "whose time the operator shortens is not told that it asked for too little",
    async run(world) {
      const { id } = await world.alice.submitScript("sleep 300", {}, { resources: { wallMinutes: 20 } });
      const { slurmId = "" } = await running(world, id);
      world.slurmCommand("scontrol", "update", `JobId=${slurmId}`, "EndTime=now+3");
      const end = await ended(world, id);

      expect(end.job).toMatchObject({ state: "failed", reason: "time-limit" });
      await onPage(world, end, {
        standing: "It ran into its time limit.",
        likely: "before the 20 min that it had asked for were over: who runs the cluster shortened its time",
        detail: "TIMEOUT",
      });
    },
  },
  {
    name: "that needs more memory than it asked for fails so, though its script goes on and ends with 0",
    async run(world) {
      const script = "python3 -c 'x = bytearray(600_000_000); import time; time.sleep(5)'; exit 0";
      const end = await runScript(world, script, { resources: { memoryMb: 100 } });

      expect(end.job).toMatchObject({ state: "failed", reason: "out-of-memory" });
      expect(end.job.detail).toMatch(/OUT_OF_MEMORY: it used more memory|its output says ".*memory/);
      expect(end.job.exitCode).not.toBe(0);
      await onPage(world, end, {
        standing: "It needed more memory than it had asked for.",
        likely: "went over the 100 MB a node that it had asked for. Ask for more memory, often twice as much",
        detail: /memory/,
      });
    },
  },
  {
    name: "that ends with exit code 3 fails with it, its last words before all else",
    async run(world) {
      const end = await runScript(world, "echo no such star >&2; exit 3");

      expect(end.job).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 3 });
      expect(end.job.detail).toBe('ended with exit code 3; stderr ends with "no such star"');
      expect(await logOf(world, end, "stderr")).toBe("no such star\n");
      const { above } = await onPage(world, end, {
        standing: "The program ended with exit code 3.",
        likely: "What exit code 3 means is the program's own choice. Its last lines usually say more.",
      });
      expect(above.indexOf("no such star")).toBeLessThan(above.indexOf("The program ended"));
    },
  },
  {
    name: "whose program is not found says so",
    async run(world) {
      const end = await runScript(world, "no-such-program --fit");

      expect(end.job).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 127 });
      expect(end.job.detail).toContain("ended with exit code 127, which shells give where a program was not found");
      await onPage(world, end, {
        standing: "The program ended with exit code 127.",
        likely: "A program was not found on the cluster. Check how it is spelled",
        above: "no-such-program: not found",
      });
    },
  },
  {
    name: "whose program a signal ends fails by that signal",
    async run(world) {
      const end = await runScript(world, "sh -c 'kill -SEGV $$'; exit $?");

      expect(end.job).toMatchObject({ state: "failed", reason: "signal", signal: 11, exitCode: 139 });
      expect(end.job.detail).toContain("signal 11 (SIGSEGV)");
      await onPage(world, end, {
        standing: "The program was stopped by signal 11 (SIGSEGV).",
        likely: "The program used memory that was not its own",
      });
    },
  },
  {
    name: "whose node dies goes on by itself on another, both attempts kept, unless it was not to be tried again",
    async run(world) {
      // a slurmd that is killed leaves its jobs running: what counts is what Slurm then says of them
      const script = 'echo "on $SLURMD_NODENAME"; [ "$SLURMD_NODENAME" = n4 ] || sleep 300';
      const asked = { resources: { partition: "frail", wallMinutes: 25 } };
      const again = await world.alice.submitScript(script, {}, asked);
      const once = await world.alice.submitScript(script, {}, { ...asked, retry: { limit: 0, on: [] } });
      await Promise.all([running(world, again.id), running(world, once.id)]);
      world.slurm.killNode(3);
      const [second, first] = await Promise.all([ended(world, again.id), ended(world, once.id)]);
      world.slurm.startNode(3);

      expect(first.job).toMatchObject({ state: "failed", reason: "node-failure", attempt: 1 });
      expect(first.job.detail).toContain("NODE_FAIL: a node that it ran on failed");
      await onPage(world, first, {
        standing: "The node that it ran on failed.",
        likely: "The computer that it ran on failed. It is most likely not the job's fault. Run it again.",
        detail: "NODE_FAIL",
      });
      expect(second.job).toMatchObject({
        state: "succeeded",
        attempt: 2,
        attempts: [{ attempt: 1, reason: "node-failure", detail: expect.stringContaining("NODE_FAIL") }],
      });
      expect(await logOf(world, second, "stdout")).toBe("on n4\n");
      const put = second.events.filter((event) => event.attempt === 1).at(-1);
      expect(put).toMatchObject({ state: "failed", cause: expect.stringContaining("NODE_FAIL") });
      expect(second.events.map((event) => event.cause)).toContain(
        "tried again after node-failure: attempt 2 of at most 3",
      );
      const { timeline } = await onPage(world, second, { standing: "It has ended well." });
      expect(timeline.join("\n")).toMatch(/attempt 2/);
    },
  },
  {
    name: "for a partition that is not there is not accepted, and the partitions that are there are named",
    async run(world) {
      const { api } = world.stack.local;
      type Clusters = { clusters: { partitions?: { name: string }[] }[] };
      // they are known as soon as the head node has said something
      for (let waited = 0; waited < patienceSeconds; waited += 1) {
        const { clusters } = await call<Clusters>(api, world.alice.token, "GET", "/v1/clusters");
        if (clusters[0]?.partitions?.length) break;
        await sleep(1_000);
      }
      const refused = world.alice.submitScript("true", {}, { resources: { partition: "nowhere" } });

      const error = await refused.then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(error).toBeInstanceOf(ApiError);
      expect((error as ApiError).status).toBe(422);
      expect((error as ApiError).message).toMatch(/resources\.partition.*nowhere.*debug/s);
    },
  },
  {
    name: "for a partition that Slurm keeps for others is rejected with Slurm's words",
    async run(world) {
      const end = await runScript(world, "true", { resources: { partition: "closed" } });

      expect(end.job).toMatchObject({ state: "failed", reason: "rejected", results: { state: "unavailable" } });
      expect(end.job.detail).toMatch(/not permitted to use this partition/);
      // its refusal may be heard before the word that it was sent
      expect(statesOf(end.events).filter((state) => state !== "dispatched")).toEqual(["submitted", "failed"]);
      expect(end.events.at(-1)).toMatchObject({ source: "sbatch", cause: end.job.detail });
      await onPage(world, end, {
        standing: "The cluster did not accept it.",
        likely: "The partition is not there, or not for you. Choose another partition, or none.",
        detail: /not permitted to use this partition/,
      });
    },
  },
  {
    name: "of an account that is not on the allow list is rejected by the cluster",
    async run(world) {
      const end = await ended(world, world.unlisted.id);

      expect(end.job).toMatchObject({ state: "failed", reason: "rejected", account: "bob" });
      expect(end.job.detail).toBe('the account "bob" is not on this cluster\'s allow list');
      expect(end.events.at(-1)).toMatchObject({ source: "allow-list" });
      await onPage(world, end, {
        standing: "The cluster did not accept it.",
        likely: "The cluster does not let your Unix account run jobs from here. Ask who runs the cluster to admit it.",
        detail: 'the account "bob" is not on this cluster\'s allow list',
      });
    },
  },
];
