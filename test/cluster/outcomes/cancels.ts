// Cancelling at each moment of a job's life, and one member of an array alone.
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { Job } from "../../../shared/contract/job.ts";
import {
  cancel,
  ended,
  logOf,
  onPage,
  patienceSeconds,
  running,
  type Scenario,
  statesOf,
  type World,
} from "./world.ts";

/** Slurm's jobs of a group, by the group's id in their names. */
const slurmJobs = ({ slurmCommand }: World, { folder = "" }: Job): string[] => {
  const [, group = "?"] = /headgate\/([0-9A-Z]{26})\//.exec(folder) ?? [];
  return slurmCommand("squeue", "-h", "-r", "-t", "all", "-o", "%T %j")
    .split("\n")
    .filter((line) => line.includes(group));
};

const asked = "cancelling was asked for";

/** Collecting may be over before it is heard of: then with another job. */
async function cancelledAsCollected(world: World, script: string): Promise<{ id: string; now: Job }> {
  for (let tries = 1; ; tries += 1) {
    const { id } = await world.alice.submitScript(script, {}, { resources: { wallMinutes: 19 } });
    const heard = (job: Job) => job.state === "collecting" || job.results.state !== "pending";
    await world.alice.until(id, heard, patienceSeconds);
    const now = await cancel(world, id);
    if (now.state === "collecting" || tries === 4) return { id, now };
  }
}

export const cancels: Scenario[] = [
  {
    name: "cancelled before it is dispatched never comes near the cluster",
    async run(world) {
      const { id } = world.undispatched;
      const end = await ended(world, id);

      expect(end.job).toMatchObject({ state: "cancelled", results: { state: "unavailable" } });
      expect(end.job).not.toHaveProperty("folder");
      expect(statesOf(end.events)).toEqual(["submitted", "cancelled"]);
      expect(end.events.at(-1)).toMatchObject({ source: "api" });
      await onPage(world, end, { standing: "It was cancelled.", above: "There are no results: the job did not start" });
    },
  },
  {
    name: "cancelled while its command is under way is not submitted when that arrives",
    async run(world) {
      const end = await ended(world, world.undelivered.id);

      expect(world.undelivered).toMatchObject({ state: "dispatched", cancelRequestedAt: expect.any(String) });
      expect(end.job).toMatchObject({ state: "cancelled" });
      expect(end.job).not.toHaveProperty("startedAt");
      expect(slurmJobs(world, end.job).filter((line) => !line.startsWith("CANCELLED"))).toEqual([]);
      expect(end.events.map((event) => event.cause)).toContain(asked);
      await onPage(world, end, { standing: "It was cancelled.", detail: "cancelled before it was given to Slurm" });
    },
  },
  {
    name: "cancelled while it waits in the queue leaves it",
    async run(world) {
      world.slurmCommand("scontrol", "update", "NodeName=n5", "State=DRAIN", "Reason=test");
      const { id } = await world.alice.submitScript("echo never", {}, { resources: { partition: "parked" } });
      await world.alice.until(id, (job) => job.state === "queued", patienceSeconds);
      const now = await cancel(world, id);
      const end = await ended(world, id);

      expect(now).toMatchObject({ state: "queued", cancelRequestedAt: expect.any(String) });
      expect(end.job.state).toBe("cancelled");
      expect(end.job).not.toHaveProperty("startedAt");
      expect(slurmJobs(world, end.job).filter((line) => !line.startsWith("CANCELLED"))).toEqual([]);
      expect(statesOf(end.events)).not.toContain("running");
      await onPage(world, end, { standing: "It was cancelled." });
    },
  },
  {
    name: "cancelled while it runs ends, and what it had written comes back",
    async run(world) {
      const script = "echo begun; echo half >half.txt; sleep 300; echo never";
      const { id } = await world.alice.submitScript(script, {}, { resources: { wallMinutes: 18 } });
      await running(world, id);
      await cancel(world, id);
      const end = await ended(world, id);

      expect(end.job).toMatchObject({ state: "cancelled", results: { state: "available" } });
      expect(end.job).not.toHaveProperty("reason");
      expect(end.files.map((file) => file.path)).toContain("half.txt");
      expect(await logOf(world, end, "stdout")).toBe("begun\n");
      expect(end.events.map((event) => event.cause)).toContain(asked);
      await onPage(world, end, { standing: "It was cancelled." });
    },
  },
  {
    name: "cancelled while its results are collected had ended before, and stays what it was",
    async run(world) {
      const script = "truncate -s 700M large; echo done";
      const { id, now } = await cancelledAsCollected(world, script);
      const end = await ended(world, id);

      expect(now).toMatchObject({ state: "collecting", cancelRequestedAt: expect.any(String) });
      expect(end.job).toMatchObject({ state: "succeeded", results: { state: "available" } });
      expect(end.files.find((file) => file.path === "large")?.size).toBe(700 * 1024 ** 2);
      await onPage(world, end, {
        standing: "It has ended well.",
        above: "Cancelling came too late",
      });
    },
  },
  {
    name: "of an array is cancelled alone",
    async run(world) {
      const go = path.join("/tmp", `${path.basename(world.stack.data)}-go`);
      const script = `echo "$1"; for i in $(seq 900); do [ -e ${go} ] && break; sleep 0.3; done`;
      const more = (word: string) => ({
        parameters: { text: script, arguments: [word] },
        resources: { wallMinutes: 15 },
      });
      // what is submitted while a dispatch is at work becomes one array
      const jobs = await Promise.all(
        Array.from({ length: 8 }, (_, at) => world.alice.submitScript(script, {}, more(String(at)))),
      );
      const live = await Promise.all(jobs.map((job) => running(world, job.id)));
      const arrays = Map.groupBy(live, (job) => job.slurmId?.split("_")[0]);
      const array = [...arrays.values()].sort((a, b) => b.length - a.length)[0] ?? [];
      expect(array.length).toBeGreaterThan(1);
      const one = array[1]?.id ?? "";
      await cancel(world, one);
      const alone = await ended(world, one);
      writeFileSync(go, "");
      const ends = await Promise.all(live.filter(({ id }) => id !== one).map(({ id }) => ended(world, id)));
      rmSync(go);

      expect(new Set(array.map((job) => job.slurmId)).size).toBe(array.length);
      expect(alone.job.state).toBe("cancelled");
      for (const end of ends) expect(end.job).toMatchObject({ state: "succeeded", exitCode: 0 });
      await onPage(world, alone, { standing: "It was cancelled." });
      const other = ends.find((end) => end.job.slurmId?.split("_")[0] === alone.job.slurmId?.split("_")[0]);
      if (other === undefined) throw new Error("the array had no other member");
      expect(other.events.map((event) => event.cause)).not.toContain(asked);
      await onPage(world, other, { standing: "It has ended well." });
    },
  },
];
