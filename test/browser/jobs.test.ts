// The list of jobs in a real Chromium: live, filtered by its address, paged, with views, columns, and actions on many at once.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Job, jobStates } from "../../shared/contract/job.ts";
import { hasChromium } from "./chromium.ts";
import { type BuiltPage, buildPage, type OpenedPage, openPage } from "./opened-page.ts";

const hour = 3_600_000;
const patient = { timeout: 30_000 };
const idOf = (index: number) => `01JD8Z8Z8Z8Z8Z8Z8Z${String(index).padStart(8, "0")}`;

/** The index-th job, an hour older with each. */
const job = (index: number, change: Partial<Job> = {}): Job => {
  const at = new Date(Date.now() - index * hour - 60_000).toISOString();
  return {
    id: idOf(index),
    application: index % 2 === 0 ? "bumps" : "script",
    version: "1",
    cluster: "local",
    name: `Job ${index}`,
    state: "succeeded",
    attempt: 1,
    parameters: {},
    resources: {},
    inputs: [],
    results: { state: "available", files: 4, bytes: 12_345 },
    account: "alice",
    createdAt: at,
    changedAt: at,
    startedAt: at,
    endedAt: at,
    ...change,
  };
};
const running = (index: number, change: Partial<Job> = {}): Job => {
  const { endedAt: _, ...rest } = job(index, { state: "running", results: { state: "pending" }, ...change });
  return rest;
};

describe.skipIf(!hasChromium)("the list of jobs", () => {
  let built: BuiltPage;
  let opened: OpenedPage;

  beforeAll(async () => {
    built = await buildPage();
  });
  afterAll(() => built?.end());
  beforeEach(async () => {
    opened = await openPage(built);
  });
  afterEach(() => opened.close());

  const link = (name: string) => opened.page.getByRole("link", { name, exact: true });
  const names = () => opened.page.locator("tbody th a").allInnerTexts();
  const button = (name: string | RegExp) => opened.page.getByRole("button", { name });
  async function act(item: string) {
    await button("Actions").click();
    await opened.page.getByRole("menuitem", { name: item }).click();
  }

  it("shows each state in words, times with UTC on hover, and what a stranger wrote as text", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = jobStates.map((state, index) => job(index, { state }));
    stub.jobs.push(
      job(20, {
        name: "\u202egnp.exe <b>&amp;",
        changedAt: "2026-01-02T03:04:05.000Z",
        tags: ["neutron", "<i>run 12</i>"],
      }),
      job(21, {
        name: "Reflectivity of a very long name that has to be broken somewhere, or else",
        changedAt: "2026-01-01T03:04:05.000Z",
      }),
      job(22, { results: { state: "withheld", reason: "812 GB > 50 GB" }, changedAt: "2025-12-30T03:04:05.000Z" }),
    );
    await signIn("/jobs");
    await link("Job 0").waitFor();

    const words = [
      "Held",
      "Submitted",
      "On its way",
      "In the queue",
      "Running",
      "Collecting results",
      "Succeeded",
      "Failed",
      "Cancelled",
    ];
    for (const word of words) await page.getByRole("cell", { name: word }).first().waitFor();
    expect(await page.getByRole("cell", { name: "4 files, 12.3 kB" }).count()).toBe(11);
    expect(await page.getByTitle("2026-01-02 03:04:05 UTC").count()).toBeGreaterThan(0);
    await looksRight("jobs");

    await link("Job 0").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Job 0" }).waitFor();
    await page.goBack();
    await link("<i>run 12</i>").click();
    await expect.poll(names, patient).toHaveLength(1);
    expect(new URL(page.url()).searchParams.get("tag")).toBe("<i>run 12</i>");
  });

  it("follows what may change, shows what is sent from elsewhere, and drops what is deleted there", async () => {
    const { page, stub, signIn } = opened;
    stub.jobs = [running(1), job(2)];
    await signIn("/jobs");
    await page.getByRole("cell", { name: "Running" }).waitFor();

    stub.jobs = [job(0), job(1), job(2)];
    await page.getByRole("cell", { name: "Running" }).waitFor({ state: "detached", timeout: 30_000 });
    await link("Job 0").waitFor();

    stub.jobs = [job(0)];
    await page.evaluate(`document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))`);
    await expect.poll(names, patient).toEqual(["Job 0"]);
  });

  it("is filtered in words, keeps the filter in its address, and says what to do where nothing is found", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = Array.from({ length: 20 }, (_, index) =>
      job(index, {
        name: `${index < 11 ? "Early" : "Late"} ${index}`,
        ...(index % 5 === 0 ? { state: "failed" } : {}),
      }),
    );
    await signIn("/jobs");
    await link("Early 0").waitFor();
    const filter = page.getByRole("combobox", { name: "Filter the jobs" });
    await filter.fill("early");
    await page.keyboard.press("Enter");
    await expect.poll(names, patient).toHaveLength(11);
    expect(page.url()).toContain("text=early");

    await filter.fill("State = ");
    await page.getByRole("option", { name: "Failed" }).click();
    await button("Apply").click();
    await expect.poll(names, patient).toEqual(["Early 0", "Early 5", "Early 10"]);
    expect(new URL(page.url()).searchParams.get("state")).toBe("failed");
    await looksRight("jobs-filtered");
    await page.reload();
    await expect.poll(names, patient).toEqual(["Early 0", "Early 5", "Early 10"]);
    await page.goBack();
    await expect.poll(names, patient).toHaveLength(11);

    await page.goto(`${stub.origin}/jobs?text=nothing+like+it`);
    await page.getByText("20 jobs looked through").waitFor();
    await looksRight("jobs-none");
    await button("Show all jobs").click();
    await link("Early 0").waitFor();
  });

  it("keeps a filter under a name, beside those that everybody has", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = [job(0, { tags: ["neutron"] }), job(1, { state: "failed" }), job(400, { state: "failed" })];
    await signIn("/jobs");
    await link("Job 0").waitFor();
    await button("View: All jobs").click();
    await page.getByRole("menuitem", { name: "Last week" }).click();
    await expect.poll(names, patient).toEqual(["Job 0", "Job 1"]);
    await page.goto(`${stub.origin}/jobs?tag=neutron`);
    await button("Views").click();
    await page.getByRole("menuitem", { name: "Keep it under a name …" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Beam time");
    await looksRight("jobs-view");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await button("View: Beam time").waitFor();
    await page.reload();
    await button("View: Beam time").click();
    await page.getByRole("menuitem", { name: "Failed" }).click();
    await expect.poll(names, patient).toEqual(["Job 1", "Job 400"]);
    await button("View: Failed").click();
    await page.getByRole("menuitem", { name: "Beam time" }).click();
    await expect.poll(names, patient).toEqual(["Job 0"]);
    await button("View: Beam time").click();
    await page.getByRole("menuitem", { name: "Forget “Beam time”" }).click();
    await button("Views").waitFor();
  });

  it("stays usable with 50,000 jobs: a page at a time, by link too, and a filter that says how far it looked", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = Array.from({ length: 50_000 }, (_, index) => job(index, index === 4_321 ? { name: "Needle" } : {}));
    await signIn("/jobs");
    await link("Job 24").waitFor();
    expect(await names()).toHaveLength(25);
    await button("Next page").click();
    await link("Job 49").waitFor();
    expect(page.url()).toContain("page=2");
    const asked = stub.asked.length;
    await page.goto(`${stub.origin}/jobs?page=30`);
    await link("Job 725").waitFor();
    expect(await names()).toHaveLength(25);
    expect(stub.asked.slice(asked).filter((one) => one === "GET /v1/jobs").length).toBeLessThan(4);

    await page.goto(`${stub.origin}/jobs?text=needle`);
    await page.getByText("The latest 2,000 jobs looked through, none found so far.").first().waitFor();
    await looksRight("jobs-look-further");
    await button("Look further").first().click();
    await link("Needle").waitFor({ timeout: 60_000 });
  });

  it("cancels, tags, runs again and deletes many at once, after asking, and says what was refused", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = [running(0), running(1), job(2, { name: "Refuses" }), job(3)];
    await signIn("/jobs");
    const choose = (name: string) => page.getByRole("checkbox", { name: `Choose ${name}` }).check();
    await link("Job 0").waitFor();
    await choose("Job 0");
    await choose("Job 1");
    await choose("Refuses");
    await act("Cancel …");
    await looksRight("jobs-cancel");
    await button("Cancel the jobs").click();
    await page.getByText("2 jobs asked to cancel. 1 job refused.").waitFor();
    await page.getByText("1 job: it does not want to").waitFor();
    await expect.poll(() => page.getByRole("cell", { name: "Cancelled" }).count(), patient).toBe(2);
    await looksRight("jobs-refused");

    await choose("Job 3");
    await act("Add a tag …");
    await page.getByRole("textbox", { name: "Tag" }).fill("a,b");
    await page.getByText("without commas").waitFor();
    await page.getByRole("textbox", { name: "Tag" }).fill("beam 7");
    await page.keyboard.press("Enter");
    await link("beam 7").waitFor();

    await choose("Job 3");
    await act("Run again …");
    await button("Run again").click();
    await page.getByText("1 job submitted again.").waitFor();
    await expect.poll(() => link("Job 3").count(), patient).toBe(2);

    await page.getByRole("checkbox", { name: "Choose all jobs of this page" }).press("Space");
    await act("Delete …");
    await button("Leave it").click();
    expect(stub.jobs).toHaveLength(5);
    await act("Delete …");
    await button("Delete for good").click();
    await page.getByText("4 jobs deleted. 1 job refused.").waitFor();
    await expect.poll(names, patient).toEqual(["Refuses"]);
  });

  it("shows the columns that a person chose, in this browser from then on", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = [job(0)];
    await signIn("/jobs");
    await link("Job 0").waitFor();
    expect(await page.getByRole("columnheader", { name: "Id", exact: true }).count()).toBe(0);
    await button("How the list looks").click();
    await page
      .getByRole("switch", { name: "Id", exact: true })
      .or(page.getByRole("checkbox", { name: "Id", exact: true }))
      .check();
    await looksRight("jobs-columns");
    await button("Use").click();
    await page.getByRole("columnheader", { name: "Id", exact: true }).waitFor();
    await button("Copy the id of Job 0").waitFor();
    await page.reload();
    await page.getByRole("columnheader", { name: "Id", exact: true }).waitFor();
  });
});
