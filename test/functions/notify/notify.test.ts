// Telling of single jobs: who asked is told once, is told after all where something failed, and never of what is gone.
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { openPostOffice, type PostOffice } from "./post-office.ts";

let office: PostOffice;
beforeAll(async () => {
  office = await openPostOffice();
});
afterEach(async () => {
  office.box.answers = [];
  for (let day = 0; day < 8 && !(await office.isIdle()); day += 1) {
    office.pass(24 * 60);
    await office.notify();
  }
  office.collect();
});
afterAll(() => office.stop());

const refused = { sent: false, refusal: "MessageRejected: no" } as const;

it("tells of each state that was asked for, once", async () => {
  const job = await office.submit({
    name: "fit of sample 3",
    mail: { to: ["a@x.org", "b@x.org"], on: ["running", "failed"] },
  });
  await office.see(job.id, { state: "queued" });
  await office.notify();
  expect(office.collect()).toEqual([]);
  await office.see(job.id, { state: "running", startedAt: "2026-01-01T10:00:00.000Z", slurmId: "17" });
  await office.notify();
  await office.notify();
  expect(office.collect()).toMatchObject([
    { to: ["a@x.org", "b@x.org"], subject: "fit of sample 3 has started - Headgate" },
  ]);
  await office.see(job.id, {
    state: "failed",
    reason: "exit-code",
    exitCode: 3,
    startedAt: "2026-01-01T10:00:00.000Z",
    endedAt: "2026-01-01T11:02:03.000Z",
    detail: "ended with exit code 3 on <n1>",
  });
  const before = await office.jobs.get(job.id);
  await office.notify();
  await office.notify();
  const [mail, ...more] = office.collect();
  expect(more).toEqual([]);
  expect(mail?.subject).toBe("fit of sample 3 failed - Headgate");
  expect(mail?.text.replace(job.id, "JOB")).toMatchInlineSnapshot(`
    "Your job "fit of sample 3" failed: its program ended with an error, exit code 3.

    Job:         fit of sample 3
    Application: script 1
    Cluster:     local
    State:       failed: its program ended with an error, exit code 3
    Detail:      ended with exit code 3 on <n1>
    Slurm:       17
    Started:     2026-01-01 10:00:00 UTC
    Ended:       2026-01-01 11:02:03 UTC
    Ran for:     1 h 2 min
    Results:     3 files, 4.2 kB

    Look at the job:
      https://page.example/jobs/JOB

    -- 
    You get this mail because it was asked for when the job was submitted at Headgate.
    "
  `);
  expect(mail?.html).toContain(`<a href="https://page.example/jobs/${job.id}">`);
  expect(mail?.html).toContain("ended with exit code 3 on &lt;n1&gt;");
  const after = await office.jobs.get(job.id);
  expect([after?.mailDue, after?.changedAt]).toEqual([undefined, before?.changedAt]);
  expect(await office.isIdle()).toBe(true);
});

it("tells of both where a job started and ended between two turns", async () => {
  const job = await office.submit();
  await office.see(job.id, { state: "running" });
  await office.see(job.id, { state: "succeeded" });
  await office.notify();
  expect(office.collect().map(({ subject }) => subject)).toEqual([
    `script ${job.id} has started - Headgate`,
    `script ${job.id} succeeded - Headgate`,
  ]);
});

it("waits for the results of an end, and not for ever", async () => {
  const job = await office.submit({ results: { state: "pending" } });
  await office.see(job.id, { state: "succeeded" });
  await office.notify();
  expect(office.collect()).toEqual([]);
  await office.jobs.change(job.id, () => ({
    changes: { results: { state: "available", files: 1, bytes: 12, skipped: 0 } },
  }));
  await office.notify();
  expect(office.collect()[0]?.text).toMatch(/^Results: +1 file, 12 B$/m);

  const slow = await office.submit({ results: { state: "pending" } });
  await office.see(slow.id, { state: "succeeded" });
  office.pass(11);
  await office.notify();
  expect(office.collect()[0]?.text).toContain("still being collected");
});

it("tells nobody of a deleted job", async () => {
  const job = await office.submit();
  await office.see(job.id, { state: "succeeded" });
  await office.jobs.change(job.id, () => ({ changes: { deletedAt: office.now().toISOString() } }));
  await office.notify();
  expect([office.collect(), await office.isIdle()]).toEqual([[], true]);
});

it("leaves the rest for the next minute where SES takes no more", async () => {
  for (let n = 0; n < 6; n += 1) await office.see((await office.submit()).id, { state: "cancelled" });
  const throttled = new GatewayError("unavailable", "SES takes no more for now");
  office.box.answers = [{ sent: true }, throttled, throttled, throttled, throttled];
  await expect(office.notify()).rejects.toBe(throttled);
  office.box.answers = [];
  await office.notify();
  expect(office.collect()).toHaveLength(6);
});

it("tries a refused mail again later and later, and gives it up in the end; others do not wait for it", async () => {
  const job = await office.submit({ name: "refused" });
  office.box.answers = [refused];
  await office.see(job.id, { state: "cancelled" });
  await office.notify();
  const other = await office.submit({ name: "other" });
  await office.see(other.id, { state: "cancelled" });
  await office.notify();
  expect(office.collect().map(({ subject }) => subject)).toEqual(["other was cancelled - Headgate"]);

  for (const minutes of [5, 30, 120, 360]) {
    expect(await office.isIdle()).toBe(false);
    office.pass(minutes + 1);
    office.box.answers = [refused];
    await office.notify();
    expect(office.box.answers).toEqual([]);
  }
  expect(await office.isIdle()).toBe(true);
  expect(office.collect()).toEqual([]);
});

it("sends a refused mail when SES takes it the next time", async () => {
  const job = await office.submit();
  office.box.answers = [refused];
  await office.see(job.id, { state: "cancelled" });
  await office.notify();
  office.pass(6);
  await office.notify();
  expect(office.collect()).toHaveLength(1);
  expect((await office.jobs.get(job.id))?.mailTries).toBeUndefined();
});

it("has one run send at a time, and goes on after one that died", async () => {
  const job = await office.submit();
  await office.see(job.id, { state: "cancelled" });
  const { mails } = office.parts;
  const now = office.now();
  expect(await mails.lease("another", now.toISOString(), new Date(now.getTime() + 60_000).toISOString())).toBe(true);
  await office.notify();
  expect(office.collect()).toEqual([]);
  office.pass(2);
  await office.notify();
  expect(office.collect()).toHaveLength(1);
});

it("gives up what could not be sent for days, and sends nothing on a site without mail", async () => {
  const job = await office.submit();
  await office.see(job.id, { state: "cancelled" });
  const silent = { ...office.partsOn(office.real.table), mailer: undefined };
  await office.notify(silent);
  expect(await office.isIdle()).toBe(false);
  office.pass(3 * 24 * 60 + 1);
  await office.notify(silent);
  expect([office.collect(), await office.isIdle()]).toEqual([[], true]);
});

it.each(["before", "after"] as const)(
  "tells of a job after all where a run ends just %s any of its side effects",
  async (when) => {
    for (let at = 1; at < 12; at += 1) {
      const job = await office.submit({ name: `crash ${at}` });
      await office.see(job.id, { state: "running" });
      await office.see(job.id, { state: "succeeded" });
      let seen = 0;
      const effect = async <T>(run: () => Promise<T>): Promise<T> => {
        seen += 1;
        if (seen > at || (seen === at && when === "before")) throw new Error("crash");
        const result = await run();
        if (seen === at) throw new Error("crash");
        return result;
      };
      const table = office.tableOn((command) => {
        const send = () => office.real.documents.send(command as never) as Promise<unknown>;
        return (command as object).constructor.name === "UpdateCommand" ? effect(send) : send();
      });
      await office
        .notify(office.partsOn(table, { send: (mail) => effect(() => office.box.send(mail)) }))
        .catch(() => {});
      office.pass(2);
      await office.notify();
      const subjects = office.collect().map(({ subject }) => subject);
      expect(new Set(subjects), `crash ${when} effect ${at}`).toEqual(
        new Set([`crash ${at} has started - Headgate`, `crash ${at} succeeded - Headgate`]),
      );
      expect(subjects.length).toBeLessThanOrEqual(3);
      expect(await office.isIdle()).toBe(true);
      if (seen < at) return;
    }
    throw new Error("more side effects than expected");
  },
  120_000,
);
