// The page in a real Chromium, under the policy that CloudFront sends. HEADGATE_SHOTS=folder keeps pictures of it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Job, JobEvent } from "../../shared/contract/job.ts";
import { type Stub, startStub } from "./stub-cloud.ts";

const executablePath = "/usr/bin/chromium";
const root = path.resolve(import.meta.dirname, "../..");
const shots = process.env.HEADGATE_SHOTS;
/** What the browser says when a tab is hidden or seen again. */
const look = `document.dispatchEvent(new Event("visibilitychange"))`;
const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";

let folder: string;
let browser: Browser;
let stub: Stub;
let context: BrowserContext;
let page: Page;
let faults: string[];

const job = (change: Partial<Job> = {}): Job => ({
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
    { name: "line.py", size: 344, etag: "a" },
    { name: "points.dat", size: 61, etag: "b" },
  ],
  results: { state: "pending" },
  account: "alice",
  slurmId: "4711_2",
  folder: `/home/alice/headgate/${id}`,
  createdAt: new Date(Date.now() - 65_000).toISOString(),
  changedAt: new Date().toISOString(),
  startedAt: new Date(Date.now() - 63_000).toISOString(),
  ...change,
});
const done = (change: Partial<Job> = {}) =>
  job({
    state: "succeeded",
    exitCode: 0,
    results: { state: "available", files: 4, bytes: 12_345, skipped: 1 },
    endedAt: new Date().toISOString(),
    ...change,
  });
const events: JobEvent[] = (
  [
    ["submitted", "asked for through the API", "api"],
    ["dispatched", "sent to the cluster in a group of 3", "dispatch"],
    ["queued", "accepted by Slurm as 4711", "sbatch"],
    ["running", "Slurm started it on node n2", "squeue"],
    ["collecting", "the program ended with exit code 0", "sacct"],
    ["succeeded", "4 files are there", "headnode"],
  ] as const
).map(([state, cause, source], index) => ({
  at: new Date(Date.now() - 65_000 + index * 9_000).toISOString(),
  state,
  attempt: 1,
  cause,
  source,
}));

describe.skipIf(!existsSync(executablePath))("the page", () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "headgate-page-"));
    // a process of its own, so that React is built as for people and not as for tests
    execFileSync(
      path.join(root, "node_modules/.bin/vite"),
      [
        "build",
        "--config",
        path.join(root, "web/page/vite.config.ts"),
        "--outDir",
        path.join(folder, "page"),
        "--emptyOutDir",
      ],
      { env: { ...process.env, NODE_ENV: "production" }, stdio: ["ignore", "ignore", "inherit"] },
    );
    browser = await chromium.launch({
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    stub = await startStub(path.join(folder, "page"));
    await open({});
  });
  afterEach(async () => {
    await context.close();
    stub.stop();
  });

  it("tells somebody who is signed out what this is, and brings them back to where they were", async () => {
    stub.jobs = [done()];
    await page.goto(`${stub.origin}/jobs/${id}`);
    await page.getByRole("heading", { name: "Your jobs, on the cluster and back" }).waitFor();
    await looksRight("signed-out");

    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("heading", { name: "Line through six points" }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/jobs/${id}`);
    expect(page.url()).not.toContain("code=");
    await page.reload();
    await page.getByRole("heading", { name: "Line through six points" }).waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(faults).toEqual([]);
  });

  it("lets somebody wait for approval, and goes on by itself", async () => {
    stub.person.status = "waiting";
    await signIn();
    await page.getByRole("heading", { name: "Your account waits for approval" }).waitFor();
    await looksRight("waiting");
    expect(stub.asked).not.toContain("GET /v1/jobs");

    stub.person.status = "active";

    await page.getByRole("heading", { name: "You have no jobs yet" }).waitFor({ timeout: 20_000 });
  });

  it("shows the command for a first job, with a token when asked, and the job as it comes", async () => {
    await signIn();
    const command = page.getByLabel("Command that submits a first job");
    expect(await command.innerText()).toContain(`curl ${stub.origin}/v1/jobs`);
    await page.getByRole("button", { name: "Put an API token in" }).click();
    await page.getByRole("button", { name: "Copy the command" }).waitFor();
    expect(await command.innerText()).toContain("TOKEN=hg_secret");
    await looksRight("first-job");

    stub.jobs = [job()];
    await page.evaluate(look);

    await page.getByRole("link", { name: "Line through six points" }).waitFor();
  });

  it("lists jobs with their states in words, and opens one by keyboard", async () => {
    stub.clusters = [{ id: "local", name: "This machine", kind: "stand-in", silent: false }];
    stub.jobs = [
      job(),
      done({
        id: id.replace("01", "02"),
        name: "Welcome",
        application: "script",
        changedAt: "2026-01-02T03:04:05.000Z",
      }),
      job({
        id: id.replace("01", "03"),
        name: "Reflectivity of a very long name that has to be broken somewhere, or else",
        state: "failed",
        reason: "out-of-memory",
        results: { state: "available", files: 1, bytes: 3, skipped: 0 },
        changedAt: "2026-01-01T03:04:05.000Z",
      }),
      job({
        id: id.replace("01", "04"),
        name: "\u202egnp.exe <b>&amp;",
        state: "queued",
        changedAt: "2025-12-31T03:04:05.000Z",
      }),
      job({
        id: id.replace("01", "05"),
        name: "Stopped",
        state: "cancelled",
        results: { state: "withheld", reason: "812 GB > 50 GB" },
        changedAt: "2025-12-30T03:04:05.000Z",
      }),
    ];
    await signIn();
    await page.getByRole("link", { name: "Line through six points" }).waitFor();

    expect(await page.locator("tbody .state").allInnerTexts()).toEqual([
      "Running",
      "Succeeded",
      "Failed",
      "In the queue",
      "Cancelled",
    ]);
    expect(await page.getByRole("cell", { name: "4 files, 12.3 kB" }).count()).toBe(1);
    expect(await page.getByText("is a stand-in").count()).toBe(1);
    expect(await page.locator("tbody td time").nth(1).getAttribute("title")).toBe("2026-01-02 03:04:05 UTC");
    await looksRight("jobs");

    await page.getByRole("link", { name: "Line through six points" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Timeline" }).waitFor();
    expect(await page.title()).toBe("Line through six points: Running · Headgate");
  });

  it("follows a job to its end, and saves its files as they were recorded", async () => {
    stub.jobs = [job()];
    stub.events = events.slice(0, 4);
    stub.files = [
      { path: "fit/line.par", role: "result", body: "b 1.00\nm 2.00\n" },
      { path: "fit/line-chain's $(x).mc.gz", role: "result", body: "z".repeat(2_000_000), stored: true },
      { path: "fit/broken.dat", role: "result", body: "1 2 3\n", damaged: true },
      { path: "stdout", role: "stdout", body: "chisq 0.68\n" },
    ];
    stub.skipped = [{ path: "fit/link", skipped: "symlink" }];
    await signIn();
    await page.getByRole("link", { name: "Line through six points" }).click();
    await page.getByText("It runs on Juniper.").waitFor();
    await looksRight("job-running");

    stub.jobs = [done()];
    stub.events = events;
    await page.getByText("It has ended well.").waitFor();
    await page.getByRole("row", { name: /line\.par/ }).waitFor();
    expect(await page.locator(".timeline li").count()).toBe(6);
    expect(await page.getByText("fit/link").isVisible()).toBe(false);

    expect(await save("Download fit/line.par")).toEqual({ name: "line.par", text: "b 1.00\nm 2.00\n" });
    const stored = await save("Download fit/line-chain's $(x).mc.gz");
    expect([stored.name, stored.text.length]).toEqual(["line-chain's $(x).mc.gz", 2_000_000]);
    await page.getByRole("button", { name: "Download fit/broken.dat" }).click();
    await page.getByText("it did not arrive as it was recorded").waitFor();
    await looksRight("job");

    const asked = stub.asked.length;
    await page.waitForTimeout(2_500);
    expect(stub.asked.slice(asked).filter((one) => one.includes(id))).toEqual([]);
  });

  it("says why a job failed, in the cluster's own words, and that a cluster is silent", async () => {
    stub.clusters = [
      { id: "local", name: "Juniper", kind: "slurm", silent: true, heardAt: "2026-01-02T03:04:05.000Z" },
    ];
    stub.jobs = [
      job({
        state: "failed",
        reason: "rejected",
        detail: "sbatch: error: Batch job submission failed: Requested node configuration is not available",
        results: { state: "unavailable", reason: "it never ran" },
      }),
    ];
    stub.events = events.slice(0, 2);
    await signIn(`/jobs/${id}`);

    await page.getByText("The cluster did not accept it.").waitFor();
    await page.getByText("Requested node configuration is not available").waitFor();
    await page.getByText("There are no results: it never ran.").waitFor();
    await page.getByText("has been silent").waitFor();
    await looksRight("job-failed");
  });

  it("asks nothing while nobody looks", async () => {
    stub.jobs = [job()];
    await signIn();
    await page.getByRole("link", { name: "Line through six points" }).waitFor();
    await page.evaluate(`Object.defineProperty(document, "hidden", { value: true, configurable: true }); ${look}`);
    await page.waitForTimeout(500);
    const asked = stub.asked.length;
    await page.waitForTimeout(2_500);

    expect(stub.asked.length).toBe(asked);
  });

  it("renews a token that is about to end, and asks to sign in again where it is refused", async () => {
    stub.tokenSeconds = 61;
    stub.jobs = [job()];
    await signIn();
    await page.getByRole("link", { name: "Line through six points" }).waitFor();
    await expect.poll(() => stub.refreshed, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await page.getByRole("link", { name: "Line through six points" }).count()).toBe(1);

    stub.ended = true;
    await page.getByText("Your sign-in has ended").waitFor({ timeout: 10_000 });
  });

  it("says that there is no such job, and no such page", async () => {
    await signIn(`/jobs/${id}`);
    await page.getByRole("heading", { name: "There is no such job" }).waitFor();
    await page.goto(`${stub.origin}/nothing`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await looksRight("not-found");
  });
});

async function open(options: Parameters<Browser["newContext"]>[0]): Promise<void> {
  context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    acceptDownloads: true,
    ...options,
  });
  page = await context.newPage();
  faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load resource")) faults.push(message.text());
  });
}

async function signIn(where = "/"): Promise<void> {
  await page.goto(stub.origin + where);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("alice", { exact: true }).first().waitFor();
}

async function save(button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

/** In light, dark and on a phone: no fault that axe finds, nothing that sticks out sideways, no fault in the console. */
async function looksRight(name: string): Promise<void> {
  for (const [kind, colorScheme, width] of [
    ["light", "light", 1280],
    ["dark", "dark", 1280],
    ["phone", "light", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    // by the debugger, since the page's policy admits no foreign script
    const found = await page.evaluate(
      `${axe.source};axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target + " " + n.failureSummary).join("; ")))`,
    );
    if (shots) await page.screenshot({ path: path.join(shots, `${name}-${kind}.png`), fullPage: true });
    expect(found, `${name}, ${kind}`).toEqual([]);
    const beyond = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(beyond, `${name}, ${kind}: pixels beyond the window`).toBe(0);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(faults).toEqual([]);
}
