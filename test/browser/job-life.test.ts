// A job's whole life on its page in a real Chromium: what it writes while it runs, its attempts, its folder, and a cluster that falls silent.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Job, LiveText } from "../../shared/contract/job.ts";
import { hasChromium } from "./chromium.ts";
import { type BuiltPage, buildPage, type OpenedPage, openPage } from "./opened-page.ts";

const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";
const seconds = (count: number) => new Date(Date.now() + count * 1_000).toISOString();
const days = (count: number) => seconds(count * 86_400);

const running = (change: Partial<Job> = {}): Job => ({
  id,
  application: "bumps",
  version: "1",
  cluster: "local",
  name: "Line through six points",
  state: "running",
  attempt: 1,
  parameters: { model: "line.py", fitter: "dream" },
  resources: { nodes: 1, wallMinutes: 60 },
  inputs: [],
  results: { state: "pending" },
  account: "alice",
  slurmId: "4711",
  folder: `/home/alice/headgate/${id}`,
  createdAt: seconds(-65),
  changedAt: seconds(0),
  startedAt: seconds(-63),
  ...change,
});
const ended = (change: Partial<Job> = {}): Job =>
  running({
    state: "succeeded",
    exitCode: 0,
    results: { state: "available", files: 1, bytes: 5, skipped: 0 },
    endedAt: seconds(-3),
    ...change,
  });

/** The end of a log of 3.2 MB, whose last line is `last`. */
function endOfLog(last: string): LiveText {
  const text = `${"a step of the fit was taken\n".repeat(2_300)}${last}\n`.slice(-65_536);
  return { size: 3_200_000, from: 3_200_000 - text.length, text };
}

describe.skipIf(!hasChromium)("the life of a job on its page", () => {
  let built: BuiltPage;
  let opened: OpenedPage;
  const show = async (job: Job, hash = "") => {
    opened.stub.jobs = [job];
    await opened.signIn(`/jobs/${id}${hash}`);
    await opened.page.getByRole("heading", { level: 1 }).waitFor();
  };
  const asked = (what: string) => opened.stub.asked.filter((one) => one === what).length;

  beforeAll(async () => {
    built = await buildPage();
  });
  afterAll(() => built?.end());
  beforeEach(async () => {
    opened = await openPage(built);
  });
  afterEach(async () => {
    await opened.close();
    expect(opened.faults).toEqual([]);
  });

  it("follows what a running job writes and how far it is, holds still when asked, and asks nothing when nobody looks", async () => {
    const { page, stub } = opened;
    await show(running());
    await page.getByText("its first look is here in some seconds").first().waitFor();
    stub.live = {
      at: seconds(-2),
      stdout: endOfLog("step 120 of 1000"),
      stderr: { size: 0, from: 0, text: "" },
      progress: { done: 0.12, words: "step 120 of 1,000", measure: { name: "chisq", value: 1.2345678 } },
    };
    const tail = page.getByLabel("End of the output");
    await tail.getByText("step 120 of 1000").waitFor();
    expect(await tail.locator(".tail-line").count()).toBe(8);
    const bar = page.getByRole("progressbar", { name: "How far it is" });
    await bar.waitFor();
    await page.getByText("step 120 of 1,000", { exact: true }).waitFor();
    await page.getByText("chisq 1.2346").waitFor();
    await opened.looksRight("job-now");

    await page.getByRole("link", { name: "Follow the log" }).press("Enter");
    const log = page.getByRole("region", { name: "Output", exact: true });
    await log.getByText("step 120 of 1000").waitFor();
    await page.getByText("the last 64.4 kB of 3.20 MB").waitFor();
    await opened.looksRight("job-live-log");
    stub.live = { ...stub.live, at: seconds(0), stdout: endOfLog("step 240 of 1000") };
    await log.getByText("step 240 of 1000").waitFor();

    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await page.getByText("Paused: the job goes on").waitFor();
    stub.live = { ...stub.live, at: seconds(1), stdout: endOfLog("step 360 of 1000") };
    await tail.getByText("step 360 of 1000").waitFor();
    await log.getByText("step 240 of 1000").waitFor();
    await page.getByRole("button", { name: "Follow" }).press("Enter");
    await log.getByText("step 360 of 1000").waitFor();
    await page.getByText("Error output (0 B)").click();
    await page.getByText("Nothing was written to it so far.").waitFor();
    expect(page.url()).toContain("#log/stderr");

    await page.getByRole("tab", { name: "Timeline" }).click();
    await page.getByRole("button", { name: "Right now" }).click();
    await tail.waitFor({ state: "detached" });
    const before = [asked(`POST /v1/jobs/${id}/peek`), asked(`GET /v1/jobs/${id}/live`)];
    await page.waitForTimeout(6_000);
    expect([asked(`POST /v1/jobs/${id}/peek`), asked(`GET /v1/jobs/${id}/live`)]).toEqual(before);
    await page.reload();
    await page.getByRole("button", { name: "Right now" }).waitFor();
    expect(await tail.count()).toBe(0);
  });

  it("goes over from the live log to the whole one when the job has ended", async () => {
    const { page, stub } = opened;
    stub.live = { at: seconds(-2), stdout: { size: 18, from: 0, text: "one\ntwo \x1b[31mred\x1b[0m\n" } };
    await show(running(), "#log");
    await page.getByRole("region", { name: "Output", exact: true }).getByText("two red").waitFor();
    await page.getByText("all 18 B so far").waitFor();
    stub.jobs = [running({ state: "collecting", endedAt: seconds(0) })];
    await page.getByText("the whole log comes with its results").waitFor();
    stub.files = [{ path: "stdout", role: "stdout", body: "one\ntwo\nthree\n" }];
    stub.jobs = [ended()];
    await page.getByRole("region", { name: "Output", exact: true }).getByText("three").waitFor();
    await page.getByRole("button", { name: "Download stdout" }).waitFor();
  });

  it("keeps every attempt with its reason, its times and its files, and says which one this is", async () => {
    const { page, stub } = opened;
    const attempt = { endedAt: seconds(-600), startedAt: seconds(-1_200), slurmId: "4700" };
    stub.attemptFiles = {
      1: [
        { path: "stdout", role: "stdout", body: "first try\n" },
        { path: "half.dat", role: "result", body: "1 2\n" },
      ],
    };
    stub.files = [{ path: "stdout", role: "stdout", body: "third try\n" }];
    await show(
      ended({
        attempt: 3,
        attempts: [
          {
            attempt: 1,
            reason: "node-failure",
            detail: "NODE_FAIL",
            folder: "/home/alice/headgate/one",
            results: { state: "available", files: 2, bytes: 14 },
            ...attempt,
          },
          {
            attempt: 2,
            reason: "preempted",
            results: { state: "unavailable", reason: "the node was gone" },
            ...attempt,
            slurmId: "4705",
          },
        ],
      }),
    );
    await page.getByText("Tried again after making way for another job (attempt 3 of 3).").waitFor();
    await page.getByRole("link", { name: "What came of the earlier ones" }).press("Enter");
    expect(page.url()).toContain("#attempts");
    await page.getByRole("tab", { name: "Earlier attempts (2)" }).waitFor();
    await page.getByText("The node that it ran on failed.").waitFor();
    await page.getByText("Its files are not here: the node was gone.").waitFor();
    await page.getByText("4705").waitFor();
    await page.getByRole("button", { name: "Files of attempt 1" }).press("Enter");
    const files = page.getByRole("table", { name: "Files of attempt 1" });
    await files.getByRole("button", { name: "half.dat", exact: true }).waitFor();
    await files.getByRole("button", { name: "stdout", exact: true }).click();
    await page.getByText("first try").waitFor();
    expect((await opened.save("Download half.dat")).text).toBe("1 2\n");
    await opened.looksRight("job-attempts");
    stub.jobs = [ended({ attempt: 3 })];
    await page.getByRole("tab", { name: /Earlier attempts/ }).waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "Results" }).waitFor();
  });

  it("says where its folder is and until when, how it is tried again, whom mail tells, and of which sweep it is", async () => {
    const { page, stub } = opened;
    stub.clusters = [
      {
        id: "local",
        name: "Juniper",
        kind: "slurm",
        silent: false,
        folders: { root: "{home}/headgate", keepDays: 14 },
      },
    ];
    await show(
      running({
        retry: { limit: 1, on: ["time-limit", "signal"] },
        mail: { to: ["alice@example.org", "bob@example.org"], on: ["succeeded", "failed"] },
        sweep: { id: id.replace("01", "07"), index: 2, size: 12 },
      }),
      "#details",
    );
    await page.getByText("member 3 of 12 of a sweep").waitFor();
    await page.getByText("kept for 14 days after the results were collected").waitFor();
    await page.getByText("once: after running into its time limit or a signal that stopped the program").waitFor();
    await page.getByText("when it has succeeded or it has failed, to alice@example.org and bob@example.org").waitFor();
    await opened.looksRight("job-life-details");
    stub.jobs = [
      ended({
        results: { state: "withheld", reason: "812 GB > 50 GB" },
        folderKeptUntil: days(13),
        cancelRequestedAt: seconds(-2),
      }),
    ];
    await page.getByText("Cancelling came too late").waitFor();
    await page.getByText(/The folder is kept until/).waitFor();
    stub.jobs = [ended({ folderKeptUntil: days(-1) })];
    await page.getByText(/it was kept until/).waitFor();
  });

  it("tells that what is shown may be old where the site cannot be asked, and goes on by itself", async () => {
    const { page, stub } = opened;
    await show(running({ state: "queued" }));
    await page.getByText("It waits in the queue of Juniper.").waitFor();
    stub.changesFail = true;
    await page.getByText("What is shown may be old").waitFor({ timeout: 60_000 });
    await page.getByText("It waits in the queue of Juniper.").waitFor();
    await opened.looksRight("stale");
    stub.jobs = [ended()];
    stub.changesFail = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("It has ended well.").waitFor();
    await page.getByText("What is shown may be old").waitFor({ state: "detached" });
  });

  it("is gone from here as soon as it was deleted elsewhere", async () => {
    const { page, stub } = opened;
    await show(ended());
    await page.getByText("It has ended well.").waitFor();
    stub.jobs = [];
    await page.getByRole("heading", { name: "There is no such job" }).waitFor();
  });
});
