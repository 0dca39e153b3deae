// One job's page in a real Chromium: every state, its log of any size, its files, and what may be done with it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Job, JobEvent } from "../../shared/contract/job.ts";
import { hasChromium } from "./chromium.ts";
import { type BuiltPage, buildPage, type OpenedPage, openPage } from "./opened-page.ts";

const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";
const seconds = (count: number) => new Date(Date.now() + count * 1_000).toISOString();

const running = (change: Partial<Job> = {}): Job => ({
  id,
  application: "bumps",
  version: "1",
  cluster: "local",
  name: "Line through six points",
  state: "running",
  attempt: 1,
  parameters: { model: "line.py", fitter: "dream", steps: 500, burn: 100, seed: 1 },
  resources: { nodes: 1, tasks: 1, cpusPerTask: 1, memoryMb: 512, wallMinutes: 60 },
  inputs: [
    { name: "line.py", size: 344, etag: "a", upload: id.replace("01", "02") },
    { name: "points.dat", size: 61, etag: "b", upload: id.replace("01", "03") },
  ],
  results: { state: "pending" },
  account: "alice",
  slurmId: "4711_2",
  folder: `/home/alice/headgate/${id}`,
  createdAt: seconds(-65),
  changedAt: seconds(0),
  startedAt: seconds(-63),
  ...change,
});
const failed = (change: Partial<Job> = {}): Job =>
  running({
    application: "script",
    state: "failed",
    reason: "exit-code",
    exitCode: 127,
    results: { state: "available", files: 2, bytes: 12_345, skipped: 0 },
    endedAt: seconds(-3),
    ...change,
  });
const succeeded = (change: Partial<Job> = {}): Job =>
  failed({ state: "succeeded", reason: undefined, exitCode: 0, ...change } as Partial<Job>);

const events: JobEvent[] = (
  [
    ["submitted", 1, "accepted", "api"],
    ["dispatched", 1, "sent to the cluster in a group of 3", "dispatch"],
    ["queued", 1, "accepted by Slurm as 4711", "sbatch"],
    ["running", 1, "Slurm started it on node n2", "squeue"],
    ["queued", 1, "Slurm put it into the queue again", "squeue"],
    ["running", 2, "Slurm started it on node n3", "squeue"],
    ["collecting", 2, "the program ended with exit code 0", "sacct"],
    ["succeeded", 2, "4 files are there", "headnode"],
  ] as const
).map(([state, attempt, cause, source], index) => ({
  at: seconds(-65 + index * 7),
  state,
  attempt,
  cause,
  source,
}));

/** A log of 2 GB that nobody holds: 100 bytes a line, one of them tells of a fault. */
const lineBytes = 100;
const faultLine = 19_950_000;
const bigLog = {
  size: 2_000_000_000,
  bytes(from: number, to: number): Buffer {
    const first = Math.floor(from / lineBytes);
    let text = "";
    for (let line = first; line * lineBytes < to; line += 1)
      text += `${`line ${line + 1} ${line + 1 === faultLine ? "\x1b[31mERROR\x1b[0m: the sea is too deep" : "all is well"}`.padEnd(lineBytes - 1, " .")}\n`;
    return Buffer.from(text).subarray(from - first * lineBytes, to - first * lineBytes);
  },
};

describe.skipIf(!hasChromium)("a job's page", () => {
  let built: BuiltPage;
  let opened: OpenedPage;
  const show = async (job: Job, hash = "") => {
    opened.stub.jobs = [job];
    await opened.signIn(`/jobs/${id}`);
    await opened.page.getByRole("heading", { level: 1 }).waitFor();
    if (hash) await opened.page.goto(`${opened.stub.origin}/jobs/${id}${hash}`);
  };
  const tab = (name: string | RegExp) => opened.page.getByRole("tab", { name });

  beforeAll(async () => {
    built = await buildPage();
  });
  afterAll(() => built?.end());
  beforeEach(async () => {
    opened = await openPage(built);
  });
  afterEach(() => opened.close());

  it("shows a failed job's last 30 lines first, then why, and what to do", async () => {
    const { page, stub } = opened;
    stub.events = events.slice(0, 4);
    stub.files = [
      { path: "stdout", role: "stdout", body: "started\n" },
      {
        path: "stderr",
        role: "stderr",
        body: `${Array.from({ length: 5_000 }, (_, index) => `step ${index + 1}`).join("\n")}\n 10 %\r 99 %\r\x1b[1;31msh: 7: fitter: not found\x1b[0m <b>&\n\n`,
      },
    ];
    await show(failed());

    const last = page.getByLabel("End of the error output");
    await last.getByText("fitter: not found").waitFor();
    const lines = (await last.innerText()).split("\n").filter(Boolean);
    expect(lines.length).toBe(30);
    expect([lines[0], lines.at(-1)]).toEqual(["step 4972", "sh: 7: fitter: not found <b>&"]);
    const order = await page.evaluate(
      `document.querySelector(".tail").compareDocumentPosition(document.querySelector(".standing")) & Node.DOCUMENT_POSITION_FOLLOWING`,
    );
    expect(order, "before how it stands").toBeTruthy();
    await page.getByText("The program ended with exit code 127.").waitFor();
    await page.getByText("A program was not found on the cluster.").waitFor();
    await opened.looksRight("job-failed");

    await page.getByRole("link", { name: "Open the log" }).click();
    await page.getByRole("region", { name: "Error output", exact: true }).getByText("fitter: not found").waitFor();
    expect(page.url()).toContain("#log");
  });

  it("says why a job was refused, in the cluster's own words", async () => {
    await show(
      failed({
        reason: "rejected",
        detail: "sbatch: error: Batch job submission failed: Requested node configuration is not available",
        results: { state: "unavailable", reason: "the job did not start" },
      }),
    );
    await opened.page.getByText("The cluster did not accept it.").waitFor();
    await opened.page.getByText("No node of this cluster is as large").waitFor();
    await opened.page.getByLabel("In the cluster's own words").getByText("is not available").waitFor();
    await opened.page.getByText("There are no results: the job did not start.").waitFor();
    await opened.looksRight("job-rejected");
  });

  it("follows a log of 2 GB at its end, finds in it, and reads no more than windows of it", async () => {
    const { page, stub } = opened;
    stub.files = [{ path: "stdout", role: "stdout", body: bigLog, stored: true }];
    const ranges: number[] = [];
    page.on("response", (response) => {
      const [, from, to] = /^bytes (\d+)-(\d+)/.exec(response.headers()["content-range"] ?? "") ?? [];
      if (response.status() === 206) ranges.push(Number(to) - Number(from) + 1);
    });
    await show(succeeded(), "#log");

    const log = page.getByRole("region", { name: "Output", exact: true });
    await log.getByText("line 20000000 all is well").waitFor();
    expect(ranges.length).toBe(1);
    expect(await log.locator(".log-row").count()).toBeLessThan(100);
    await opened.looksRight("job-log");

    await page.getByLabel("Find in the log").fill("error: the sea");
    await page.getByText("Not found in what is loaded").waitFor();
    await page.getByRole("button", { name: "Search earlier" }).click();
    await log.locator("mark.log-current").getByText("ERROR").waitFor({ timeout: 60_000 });
    expect(await log.locator("mark.log-current").innerText()).toBe("ERROR: the sea");
    await page.getByText("1 of 1 in what is loaded").waitFor();
    expect(ranges.length).toBeLessThan(25);

    await log.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("PageUp");
    await expect.poll(() => page.getByText(/loaded of 2\.00 GB/).innerText(), { timeout: 20_000 }).toContain("524 kB");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await log.getByText("line 1 all is well").waitFor();
    expect(await log.locator(".log-number").first().getAttribute("data-number")).toBe("1");
    for (let turn = 0; turn < 4; turn += 1) {
      const before = ranges.length;
      await page.getByRole("button", { name: "Load later lines" }).click();
      await expect.poll(() => ranges.length, { timeout: 20_000 }).toBe(before + 1);
      await page.getByRole("button", { name: "Load later lines", disabled: false }).waitFor();
    }
    await page.getByText("786 kB loaded of 2.00 GB").waitFor();
    await log.focus();
    await page.keyboard.press("End");
    const numbered = `[...document.querySelectorAll(".log-row")].every((row) =>
      row.querySelector(".log-number").dataset.number === (/line (\\d+)/.exec(row.textContent)?.[1] ?? row.querySelector(".log-number").dataset.number))`;
    await expect.poll(() => page.evaluate(numbered), { timeout: 20_000 }).toBe(true);
    await page.getByRole("button", { name: "End", exact: true }).click();
    await log.getByText("line 20000000 all is well").waitFor();

    expect(Math.max(...ranges)).toBeLessThanOrEqual(262_144);
    expect(opened.faults).toEqual([]);
  });

  it("shows a log that is one endless line, and one of bytes that are no text, without freezing", async () => {
    const { page, stub } = opened;
    stub.files = [
      { path: "stdout", role: "stdout", body: { size: 50_000_000, bytes: (from, to) => Buffer.alloc(to - from, "x") } },
      {
        path: "stderr",
        role: "stderr",
        body: Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 256)),
      },
    ];
    await show(succeeded(), "#log");

    await page.getByText("252,144 more characters of this line are not shown").waitFor();
    await page.getByLabel("Wrap lines").uncheck();
    await page.getByRole("button", { name: "Load earlier lines" }).click();
    await page.getByText("514,288 more characters of this line are not shown").waitFor();
    await page.getByText("Error output (300 kB)").click();
    await page.getByText("This does not look like text").waitFor();
    await opened.looksRight("job-log-binary");
  });

  it("keeps a job of 5,000 files usable, and shows a name of 255 odd characters", async () => {
    const { page, stub } = opened;
    const odd = `\u202e<img src=x onerror=alert(1)>&amp;'"\`$(x) \n\t%2F%00?#..ü🎉${"é".repeat(98)}`;
    stub.files = [
      { path: "stdout", role: "stdout", body: "done\n" },
      ...Array.from({ length: 4_998 }, (_, at) => ({
        path: `out/part ${at % 7}/result ${at}.dat`,
        role: "result" as const,
        body: `${at} 1\n`,
      })),
      { path: `out/${odd}`, role: "result", body: "odd but right\n" },
    ];
    stub.skipped = [{ path: "out/link", skipped: "symlink" }];
    await show(
      succeeded({ application: "script", results: { state: "available", files: 5_000, bytes: 60_000, skipped: 1 } }),
      "#files",
    );

    const files = page.getByRole("table", { name: "Files of the job" });
    await expect.poll(() => files.getAttribute("aria-rowcount"), { timeout: 30_000 }).toBe("5010");
    expect(await files.getByRole("row").count()).toBeLessThan(60);
    await page.getByText("1 entry was left on the cluster").waitFor();
    await opened.looksRight("job-files");

    const filter = page.getByLabel("Filter the files");
    await filter.fill("part nothing");
    await page.getByText("No file has this in its name.").waitFor();
    await filter.fill("4001 part");
    await page.getByText("1 found").first().waitFor();
    await files.getByText("result 4001.dat").waitFor();
    await filter.fill("img src");
    await files.getByText("[U+202E]<img src=x onerror=alert(1)>").waitFor();
    const saved = await opened.save(
      await files
        .getByRole("button", { name: /^Download/ })
        .getAttribute("aria-label")
        .then(String),
    );
    expect(saved.text).toBe("odd but right\n");
    await files.getByRole("button", { name: /^\[U\+202E\]/ }).click();
    await page.getByText("odd but right").waitFor();
    const open = page.url();
    await opened.looksRight("job-file-odd");
    await page.reload();
    await page.getByText("odd but right").waitFor({ timeout: 30_000 });
    expect(page.url()).toBe(open);

    await filter.fill("link");
    await page.getByText("left on the cluster: it is a link").waitFor();
    await filter.fill("");
    await files.getByRole("button", { name: "stdout", exact: true }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => files.getAttribute("aria-rowcount")).toBe("3");
    await page.keyboard.press("ArrowRight");
    for (let press = 0; press < 40; press += 1) await page.keyboard.press("ArrowDown");
    await files.locator('[data-row="41"] [data-name]:focus').waitFor();
    expect(opened.faults).toEqual([]);
  });

  it("tells everything that happened, what was asked for, and by which names the job is known", async () => {
    const { page, stub } = opened;
    stub.events = events;
    await show(
      running({
        attempt: 2,
        description: "Six points\nand a line",
        tags: ["calibration", "Tuesday"],
        rerunOf: id.replace("01", "09"),
        parameters: { model: "line.py", fitter: "dream", steps: 500, bins: "" },
      }),
    );
    const list = page.locator(".timeline li");
    await list.nth(7).waitFor();
    expect(await list.count()).toBe(8);
    await page.getByText("put back into the queue").waitFor();
    await page.getByText("attempt 2", { exact: true }).waitFor();
    await page.getByText("(known from the gateway's sender)").waitFor();
    expect(await page.getByRole("link", { name: "an earlier job" }).getAttribute("href")).toBe(
      `/jobs/${id.replace("01", "09")}`,
    );
    await opened.looksRight("job-running");

    await tab("Inputs and parameters").click();
    await page.getByRole("row", { name: /Steps.*500.*steps/ }).waitFor();
    await page.getByRole("row", { name: /points\.dat.*61 B/ }).waitFor();
    await page.getByText("512 MB").waitFor();
    await opened.looksRight("job-inputs");
    await tab("Details").click();
    expect(page.url()).toContain("#details");
    await page.getByText("4711_2").waitFor();
    await page.getByRole("button", { name: "Copy the folder on the cluster" }).waitFor();
    await page.getByRole("button", { name: "As code" }).click();
    await page.getByText(`/v1/jobs/${id}`).first().waitFor();
    await opened.looksRight("job-details");
    await page.reload();
    await page.getByText("4711_2").waitFor();
  });

  it("says in every state what there is to wait for", async () => {
    const { page, stub } = opened;
    await show(running({ state: "collecting" }), "#files");
    await page.getByText("They are being brought here from the cluster.").waitFor();
    for (const [change, words] of [
      [{ state: "queued", startedAt: undefined }, "It waits in the queue of Juniper."],
      [{ state: "held", startedAt: undefined }, "It waits until it may be sent to the cluster."],
      [{ state: "submitted", startedAt: undefined }, "It has been accepted"],
      [
        {
          state: "cancelled",
          cancelRequestedAt: seconds(-9),
          results: { state: "withheld", reason: "812 GB > 50 GB" },
        },
        "The results stay on the cluster in /home/alice",
      ],
      [
        {
          state: "succeeded",
          cancelRequestedAt: seconds(-9),
          results: { state: "unavailable", reason: "the disk was full" },
        },
        "There are no results: the disk was full.",
      ],
    ] as [Partial<Job>, string][]) {
      stub.jobs = [running(change)];
      await page.reload();
      await page.getByText(words).first().waitFor();
    }
    await page.getByText("Cancelling came too late: it was asked for").waitFor();
    await opened.looksRight("job-unavailable");
  });

  it("is followed to its end, keeps what it shows when a request fails, and then asks nothing more", async () => {
    const { page, stub } = opened;
    stub.events = events.slice(0, 4);
    await show(running());
    await page.getByText("It runs on Juniper.").waitFor();
    stub.changesFail = true;
    await page.getByText("What is shown may be old").waitFor({ timeout: 60_000 });
    await page.getByText("It runs on Juniper.").waitFor();
    stub.changesFail = false;
    stub.jobs = [succeeded()];
    stub.events = events;
    stub.files = [{ path: "stdout", role: "stdout", body: "done\n" }];
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("It has ended well.").waitFor();
    await page.getByText("What is shown may be old").waitFor({ state: "detached" });
    await page.getByRole("row", { name: /stdout/ }).waitFor();

    const asked = stub.asked.length;
    await page.waitForTimeout(2_500);
    expect(stub.asked.slice(asked).filter((one) => one.includes(id))).toEqual([]);
  });

  it("is named, described and tagged where it is shown", async () => {
    const { page, stub } = opened;
    await show(succeeded());
    await page.getByRole("button", { name: "Edit the name and the description" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Ein <i>Name</i>");
    await page.getByRole("textbox", { name: "Description" }).fill("What it is for");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Ein <i>Name</i>" }).waitFor();
    await page.getByText("What it is for").waitFor();

    await page.getByRole("button", { name: "Add a tag" }).click();
    await page.getByLabel("New tag").fill("one, two");
    await page.keyboard.press("Enter");
    await page.getByText("A tag has 1 to 64 characters and no comma.").waitFor();
    await page.getByLabel("New tag").fill("calibration");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Remove the tag calibration" }).waitFor();
    expect(stub.jobs[0]).toMatchObject({ name: "Ein <i>Name</i>", tags: ["calibration"] });
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove the tag calibration" }).click();
    await page.getByRole("button", { name: "Add a tag" }).waitFor();
    await expect.poll(() => stub.jobs[0]?.tags).toEqual([]);
  });

  it("is run again, changed and run, cancelled and deleted, by keyboard and only after asking", async () => {
    const { page, stub } = opened;
    await show(running());
    expect(await page.getByRole("link", { name: "Edit and run" }).getAttribute("href")).toBe(
      `/apps/bumps/new?from=${id}`,
    );
    await page.getByRole("button", { name: "Cancel", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Cancel this job?" }).waitFor();
    await opened.looksRight("job-cancel");
    await page.getByRole("button", { name: "Let it run" }).press("Enter");
    expect(stub.jobs[0]?.cancelRequestedAt).toBeUndefined();
    await page.getByRole("button", { name: "Cancel", exact: true }).press("Enter");
    await page.getByRole("button", { name: "Cancel the job" }).press("Enter");
    await page.getByText("Cancelling: asked for").waitFor();
    stub.jobs = [
      running({
        state: "cancelled",
        cancelRequestedAt: seconds(-1),
        results: { state: "unavailable", reason: "the job did not start" },
      }),
    ];
    await page.getByText("It was cancelled.").waitFor({ timeout: 20_000 });

    await page.getByRole("button", { name: "Run again" }).press("Enter");
    await page.getByText("was submitted again").waitFor();
    await page.getByText("It has been accepted and will be sent to Juniper.").waitFor();
    await page.getByRole("link", { name: "an earlier job" }).press("Enter");
    await page.getByText("It was cancelled.").waitFor();

    await page.getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByText("gone from here for good").waitFor();
    await page.getByRole("button", { name: "Delete the job" }).press("Enter");
    await expect.poll(() => new URL(page.url()).pathname).toBe("/jobs");
    await page.getByText("was deleted").waitFor();
    expect(stub.jobs.map((one) => one.id)).not.toContain(id);
    await page.goto(`${stub.origin}/jobs/${id}`);
    await page.getByRole("heading", { name: "There is no such job" }).waitFor();
    expect(opened.faults).toEqual([]);
  });
});
