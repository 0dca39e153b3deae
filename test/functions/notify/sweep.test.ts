// Telling of sweeps: one mail when all jobs of one have ended, whatever fails meanwhile, and one for the first that runs.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { JobState, MailRequest } from "../../../shared/contract/job.ts";
import { openPostOffice, type PostOffice } from "./post-office.ts";

let office: PostOffice;
beforeAll(async () => {
  office = await openPostOffice();
});
afterAll(() => office.stop());

const all: MailRequest["on"] = ["running", "succeeded", "failed", "cancelled"];
async function submitted(count: number, on = all, o: { size?: number; person?: string } = {}): Promise<string[]> {
  const id = ulid(office.now());
  const mail = { to: ["alice@example.org"], on };
  const jobs = [];
  for (let index = 0; index < count; index += 1)
    jobs.push(
      await office.submit({
        name: `member ${index}`,
        mail,
        sweep: { id, index, size: o.size ?? count },
        ...(o.person ? { person: o.person } : {}),
      }),
    );
  return jobs.map((job) => job.id);
}
const end = (id: string | undefined, state: JobState = "succeeded") => office.see(id ?? "", { state });
const subjects = () => office.collect().map(({ subject }) => subject);

it("are told of once when all have ended, and once when the first runs", async () => {
  const ids = await submitted(4);
  await office.see(ids[2] ?? "", { state: "running" });
  await office.see(ids[1] ?? "", { state: "running" });
  await office.notify();
  await office.see(ids[0] ?? "", { state: "running" });
  await office.notify();
  expect(subjects()).toEqual(["member 1: the first of 4 jobs has started - Headgate"]);
  for (const id of ids.slice(0, 3)) await end(id);
  await office.notify();
  expect(office.collect()).toEqual([]);
  await office.see(ids[3] ?? "", { state: "failed", reason: "time-limit" });
  await office.notify();
  await office.notify();
  const [mail, ...more] = office.collect();
  expect(more).toEqual([]);
  expect(mail?.subject).toBe("member 0: 4 jobs ended, 3 succeeded, 1 failed - Headgate");
  expect(mail?.text).toMatch(/^Failed \(4\): +member 3: it ran into its time limit$/m);
  expect(mail?.text).toContain(`https://page.example/jobs/${ids[3]}`);
  expect(await office.isIdle()).toBe(true);
});

it("are not told of where none of its ends was asked for", async () => {
  const ids = await submitted(2, ["failed"]);
  for (const id of ids) await end(id);
  await office.notify();
  expect([subjects(), await office.isIdle()]).toEqual([[], true]);
  const others = await submitted(2, ["failed"]);
  await end(others[0]);
  await end(others[1], "failed");
  await office.notify();
  expect(subjects()).toEqual(["member 0: 2 jobs ended, 1 succeeded, 1 failed - Headgate"]);
});

it("are apart by person, though their ids be the same", async () => {
  const id = ulid();
  const mail = { to: ["a@example.org"], on: all };
  const people = [ulid(), ulid()];
  for (const person of people) {
    const job = await office.submit({ person, mail, name: "same", sweep: { id, index: 0, size: 2 } });
    await end(job.id);
  }
  await office.notify();
  expect(subjects()).toEqual([]);
  office.pass(11);
  await office.notify();
  expect(subjects()).toEqual([
    "same: 1 job ended, 1 succeeded - Headgate",
    "same: 1 job ended, 1 succeeded - Headgate",
  ]);
});

it("of which the rest was never submitted are told of when it is quiet and nothing lives", async () => {
  const person = ulid();
  const ids = await submitted(3, all, { size: 5, person });
  await end(ids[0]);
  await end(ids[1], "cancelled");
  await office.notify();
  office.pass(11);
  await office.notify();
  expect(subjects()).toEqual([]);
  await end(ids[2]);
  await office.notify();
  office.pass(20);
  await office.notify();
  const [mail, ...more] = office.collect();
  expect([mail?.subject, more]).toEqual(["member 0: 3 jobs ended, 2 succeeded, 1 cancelled - Headgate", []]);
  expect(mail?.text).toMatch(/^Not submitted: +2 of 5/m);
  // one that comes after all is told of too
  const sweep = (await office.jobs.get(ids[0] ?? ""))?.sweep;
  const late = await office.submit({ person, name: "late", sweep: { id: sweep?.id ?? "", index: 4, size: 5 } });
  await end(late.id);
  await office.notify();
  office.pass(60);
  await office.notify();
  expect(subjects()).toEqual(["member 0: 4 jobs ended, 3 succeeded, 1 cancelled - Headgate"]);
});

it("whose jobs were all deleted are told of to nobody; one that was deleted holds up no other", async () => {
  const person = ulid();
  const ids = await submitted(2, all, { person });
  await end(ids[0]);
  await office.notify();
  const erase = (id: string | undefined) =>
    office.jobs.change(id ?? "", () => ({ changes: { deletedAt: office.now().toISOString() } }));
  await erase(ids[1]);
  office.pass(11);
  await office.notify();
  expect(subjects()).toEqual(["member 0: 1 job ended, 1 succeeded - Headgate"]);

  const gone = await submitted(2, all, { person: ulid() });
  await end(gone[0]);
  await office.notify();
  for (const id of gone) await erase(id);
  office.pass(11);
  await office.notify();
  expect(subjects()).toEqual([]);
});

it("of forty jobs that end at once are told of in one mail", async () => {
  const ids = await submitted(40, ["succeeded", "failed"]);
  for (const id of ids) await end(id);
  await office.notify();
  expect(subjects()).toEqual(["member 0: 40 jobs ended, 40 succeeded - Headgate"]);
});

it.each(["before", "after"] as const)(
  "lose no mail where a run ends just %s any of its side effects",
  async (when) => {
    for (let at = 1; at < 30; at += 1) {
      const ids = await submitted(3, all, { person: ulid() });
      await office.see(ids[0] ?? "", { state: "running" });
      for (const id of ids) await end(id, id === ids[2] ? "failed" : "succeeded");
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
      for (let turn = 0; turn < 3; turn += 1) {
        office.pass(2);
        await office.notify();
      }
      const told = subjects();
      expect(new Set(told), `crash ${when} effect ${at}`).toEqual(
        new Set([
          "member 0: the first of 3 jobs has started - Headgate",
          "member 0: 3 jobs ended, 2 succeeded, 1 failed - Headgate",
        ]),
      );
      expect(told.length).toBeLessThanOrEqual(3);
      expect((await office.jobs.get(ids[1] ?? ""))?.mailDue).toBeUndefined();
      expect(await office.isIdle()).toBe(true);
      if (seen < at) return;
    }
    throw new Error("more side effects than expected");
  },
  120_000,
);
