// Mail through the whole local stack: submitted by the API, sent by notify on its schedule, read from the .eml files.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../../infra/local/api-client.ts";
import { ulid } from "../../shared/aws/ulid.ts";
import type { Job } from "../../shared/contract/job.ts";
import { type Session, sessionOf } from "./api-session.ts";
import { type LocalStack, startStack } from "./local-stack.ts";

type Read = { to: string[]; from: string; subject: string; text: string; html: string };

describe("mail", () => {
  let stack: LocalStack;
  let alice: Session;

  beforeAll(async () => {
    // a minute of the schedule takes two seconds
    stack = await startStack({ flags: ["--no-welcome", "--scale=30"], seconds: 280 });
    alice = await sessionOf(stack, "alice");
  }, 300_000);

  afterAll(async () => {
    await stack?.stop();
    if (stack) rmSync(stack.data, { recursive: true, force: true });
  }, 60_000);

  const mailsTo = async (address: string): Promise<Read[]> => {
    const folder = path.join(stack.data, "mail");
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => name.endsWith(".eml"));
    const mails = await Promise.all(
      files.sort().map((name) => PostalMime.parse(readFileSync(path.join(folder, name)))),
    );
    return mails
      .map(({ to = [], from, subject = "", text = "", html = "" }) => ({
        to: to.map((one) => one.address ?? ""),
        from: from?.address ?? "",
        subject,
        text,
        html,
      }))
      .filter(({ to }) => to.includes(address));
  };
  /** Waits until that many came, then some turns longer for any that must not come. */
  const mails = async (address: string, count: number): Promise<Read[]> => {
    for (let waited = 0; waited < 600 && (await mailsTo(address)).length < count; waited += 1) await sleep(100);
    await sleep(6_000);
    return await mailsTo(address);
  };

  it("tells several people of each state that was asked for, with the reason and a link", async () => {
    const name = "Größe 日本\r\nBcc: thief@example.com";
    const gate = path.join(stack.data, "gate");
    const job = await alice.submitScript(
      `echo out; n=0; until [ -e '${gate}' ] || [ $n -gt 300 ]; do sleep 0.2; n=$((n + 1)); done; exit 3\n`,
      {},
      {
        name,
        mail: { to: ["first@example.org", "second@example.org"], on: ["running", "failed"] },
      },
    );
    await alice.until(job.id, ({ state }) => state === "running");
    writeFileSync(gate, "");
    await alice.ended(job.id);
    const all = await mails("first@example.org", 2);
    const title = "Größe 日本 Bcc: thief@example.com";
    expect(all.map(({ subject }) => subject)).toEqual([
      `${title} has started - Headgate`,
      `${title} failed - Headgate`,
    ]);
    for (const mail of all) {
      expect(mail.to).toEqual(["first@example.org", "second@example.org"]);
      expect(mail.from).toBe("headgate@example.org");
      expect(mail.text).toContain(`${stack.local.page}/jobs/${job.id}`);
      expect(mail.html).toContain(`href="${stack.local.page}/jobs/${job.id}"`);
    }
    expect(all[1]?.text).toContain("its program ended with an error, exit code 3");
    expect(all[1]?.text).toMatch(/^Results: +2 files, 4 B$/m);
    expect(await mailsTo("thief@example.com")).toEqual([]);
  });

  it("sends one mail for a sweep, however many jobs it has", async () => {
    const id = ulid();
    const to = ["sweeper@example.org"];
    const jobs: Job[] = [];
    for (let index = 0; index < 5; index += 1)
      jobs.push(
        await alice.submitScript(
          index === 3 ? "exit 1\n" : "true\n",
          {},
          { name: "five runs", mail: { to, on: ["succeeded", "failed"] }, sweep: { id, index, size: 5 } },
        ),
      );
    await Promise.all(jobs.map((job) => alice.ended(job.id)));
    const [mail, ...more] = await mails("sweeper@example.org", 1);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe("five runs: 5 jobs ended, 4 succeeded, 1 failed - Headgate");
    expect(mail?.text).toContain(`${stack.local.page}/jobs/${jobs[3]?.id}`);
  });

  it("sends nothing of a state that was not asked for, and nothing of a deleted job", async () => {
    const quiet = await alice.submitScript(
      "true\n",
      {},
      { mail: { to: ["quiet@example.org"], on: ["failed", "cancelled"] } },
    );
    const gone = await alice.submitScript("sleep 60\n", {}, { mail: { to: ["quiet@example.org"], on: ["cancelled"] } });
    await call(stack.local.api, alice.token, "DELETE", `/v1/jobs/${gone.id}`).catch(() => undefined);
    await alice.ended(quiet.id);
    await sleep(15_000);
    expect(await mailsTo("quiet@example.org")).toEqual([]);
  });
});
