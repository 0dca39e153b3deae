// The page's frame in a real Chromium: signing in and out, waiting, first steps, themes, notices, the account, and what is not there.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Job } from "../../shared/contract/job.ts";
import { hasChromium } from "./chromium.ts";
import { type BuiltPage, buildPage, type OpenedPage, openPage } from "./opened-page.ts";

const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";
const patient = { timeout: 20_000 };
/** What the browser says when a tab is hidden or seen again. */
const look = `document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))`;

const job = (change: Partial<Job> = {}): Job => ({
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

describe.skipIf(!hasChromium)("the page", () => {
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

  const link = (name: string) => opened.page.getByRole("link", { name });
  const heading = (name: string) => opened.page.getByRole("heading", { name });
  async function signOut() {
    await opened.page.getByRole("button", { name: "alice" }).click();
    await opened.page.getByRole("menuitem", { name: "Sign out" }).click();
    await opened.page.getByRole("button", { name: "Sign in" }).waitFor();
  }

  it("tells somebody who is signed out what this is, and brings them back to where they were", async () => {
    const { page, stub, faults, looksRight } = opened;
    stub.jobs = [done(), job({ id: id.replace("01", "02"), name: "Another" })];
    await page.goto(`${stub.origin}/jobs?state=succeeded`);
    await heading("Your jobs, on the cluster and back").waitFor();
    await looksRight("signed-out");

    await page.getByRole("button", { name: "Sign in" }).click();

    await link("Line through six points").waitFor();
    expect(page.url()).toBe(`${stub.origin}/jobs?state=succeeded`);
    expect(await link("Another").count()).toBe(0);
    await page.reload();
    await link("Line through six points").waitFor();

    await signOut();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(faults).toEqual([]);
  });

  it("lets somebody wait for approval, and goes on by itself", async () => {
    const { stub, signIn, looksRight } = opened;
    stub.person.status = "waiting";
    await signIn();
    await heading("Your account waits for approval").waitFor();
    await looksRight("waiting");
    expect(stub.asked).not.toContain("GET /v1/jobs");

    stub.person.status = "active";

    await heading("You have no jobs yet").waitFor({ timeout: 30_000 });
  });

  it("shows a newcomer what to do, the command for a first job with a token when asked, and the job as it comes", async () => {
    const { page, stub, signIn, looksRight } = opened;
    await signIn();
    await heading("You have no jobs yet").waitFor();
    await link("New job: bumps").waitFor();
    await page.getByRole("button", { name: "From a terminal or a program instead" }).click();
    const command = page.getByRole("region", { name: "Command that submits a first job" });
    expect(await command.innerText()).toContain(`curl ${stub.origin}/v1/jobs`);
    await page.getByRole("button", { name: "Put an API token in" }).click();
    await expect.poll(() => command.innerText(), patient).toContain("TOKEN=hg_secret");
    await looksRight("first-steps");

    stub.jobs = [job()];
    await page.evaluate(look);

    await link("Line through six points").waitFor();
  });

  it("begins with what is under way and the last results, and goes to each page by keyboard", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = [
      job(),
      done({ id: id.replace("01", "02"), name: "Numbers", changedAt: "2026-01-02T03:04:05.000Z" }),
      done({ id: id.replace("01", "03"), name: "\u202egnp.exe <b>&amp;", state: "failed", reason: "out-of-memory" }),
    ];
    await signIn();
    await link("Line through six points").waitFor();
    expect(await page.getByText("4 files, 12.3 kB").count()).toBe(2);
    await looksRight("home");

    await page.keyboard.press("Tab");
    await link("Skip to the content").press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Account" }).press("Enter");
    await heading("API tokens").waitFor();
    expect(await page.title()).toBe("Account · Headgate");
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Jobs" }).press("Enter");
    await page.getByRole("columnheader", { name: "Changed" }).waitFor();
    expect(await page.getByRole("link", { name: "Jobs", exact: true }).getAttribute("aria-current")).toBe("page");
  });

  it("is light or dark as the system or the person says, from the first moment on", async () => {
    const { page, stub, signIn } = opened;
    await signIn();
    const ground = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    await heading("You have no jobs yet").waitFor();
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(ground, patient).not.toBe(light);
    const dark = await ground();

    await page.getByRole("button", { name: "Theme: As the system" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Light" }).click();
    await expect.poll(ground, patient).toBe(light);
    await page.reload();
    await heading("You have no jobs yet").waitFor();
    expect(await ground()).toBe(light);

    await page.getByRole("button", { name: "Theme: Light" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Dark" }).click();
    await page.emulateMedia({ colorScheme: "light" });
    // nothing of the page itself arrives: what is painted first is dark already
    await page.route("**/assets/index-*.js", (route) => route.abort());
    await page.goto(stub.origin, { waitUntil: "commit" });
    await page.waitForSelector("body.awsui-dark-mode", { state: "attached" });
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe("dark");
    expect(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")).toBe(dark);
  });

  it("says that a cluster is silent or a stand-in, and stops saying so without being loaded again", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.jobs = [job()];
    stub.clusters = [
      { id: "local", name: "Juniper", kind: "slurm", silent: true, heardAt: "2026-01-02T03:04:05.000Z" },
      { id: "laptop", name: "This machine", kind: "stand-in", silent: false },
    ];
    await signIn();
    await link("Line through six points").waitFor();
    await page.getByText("Juniper is silent").waitFor();
    await page.getByText("is a stand-in").waitFor();
    await looksRight("notices");
    await page.getByRole("button", { name: "Dismiss this notice" }).click();
    await page.reload();
    await page.getByText("Juniper is silent").waitFor();
    expect(await page.getByText("is a stand-in").count()).toBe(0);

    stub.clusters = [{ id: "local", name: "Juniper", kind: "slurm", silent: false }];
    await page.evaluate(look);

    await page.getByText("Juniper is silent").waitFor({ state: "detached" });
  });

  it("shows who one is, makes an API token whose secret is shown once, and ends it", async () => {
    const { page, stub, signIn, looksRight } = opened;
    await signIn("/account");
    await page.getByRole("main").getByText("alice@example.org").waitFor();
    await page.getByText("Unix account on Juniper").waitFor();
    await page.getByRole("button", { name: "Make a first token" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Notebook");
    await page.keyboard.press("Enter");
    const secret = page.getByRole("region", { name: "Token" });
    expect(await secret.innerText()).toContain("hg_secret");
    await looksRight("new-token");
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("row", { name: /Notebook/ }).waitFor();
    expect(await page.getByText("hg_secret").count()).toBe(0);
    expect(stub.tokens.map(({ name }) => name)).toEqual(["Notebook"]);
    await looksRight("account");

    await page.getByRole("button", { name: "End the token Notebook" }).click();
    await page.getByRole("button", { name: "End it" }).click();
    await page.getByText("You have no tokens").waitFor();
    expect(stub.tokens).toEqual([]);
  });

  it("saves a job's files as they were recorded, and nothing where the bytes differ", async () => {
    const { page, stub, signIn, save } = opened;
    stub.jobs = [done()];
    stub.files = [
      { path: "fit/line.par", role: "result", body: "b 1.00\nm 2.00\n" },
      { path: "fit/line-chain's $(x).mc.gz", role: "result", body: "z".repeat(2_000_000), stored: true },
      { path: "fit/broken.dat", role: "result", body: "1 2 3\n", damaged: true },
      { path: "stdout", role: "stdout", body: "chisq 0.68\n" },
    ];
    await signIn(`/jobs/${id}`);
    await page.getByRole("tab", { name: "Files" }).click();

    expect(await save("Download fit/line.par")).toEqual({ name: "line.par", text: "b 1.00\nm 2.00\n" });
    const stored = await save("Download fit/line-chain's $(x).mc.gz");
    expect([stored.name, stored.text.length]).toEqual(["line-chain's $(x).mc.gz", 2_000_000]);
    await page.getByRole("button", { name: "Download fit/broken.dat" }).click();
    await page.getByText("it did not arrive as it was recorded").waitFor();
  });

  it("asks nothing while nobody looks", async () => {
    const { page, stub, signIn } = opened;
    stub.jobs = [job()];
    await signIn("/jobs");
    await link("Line through six points").waitFor();
    await page.evaluate(`Object.defineProperty(document, "hidden", { value: true, configurable: true });
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true }); ${look}`);
    await page.waitForTimeout(1_000);
    const asked = stub.asked.length;
    await page.waitForTimeout(3_000);

    expect(stub.asked.length).toBe(asked);
  });

  it("renews a token that is about to end, and asks to sign in again where it is refused", async () => {
    const { page, stub, signIn } = opened;
    stub.tokenSeconds = 61;
    stub.jobs = [job()];
    await signIn("/jobs");
    await link("Line through six points").waitFor();
    await expect.poll(() => stub.refreshed, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(await link("Line through six points").count()).toBe(1);

    stub.ended = true;
    await page.getByText("Your sign-in has ended").waitFor({ timeout: 30_000 });
  });

  it("stays signed in where a renewal is cut short, and goes on once it gets through", async () => {
    const { page, stub, looksRight } = opened;
    stub.tokenSeconds = 1;
    let cut = 0;
    await page.route("**/oauth2/token", (route) => {
      if (!route.request().postData()?.includes("grant_type=refresh_token")) return route.continue();
      cut += 1;
      return route.abort();
    });
    await page.goto(`${stub.origin}/`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page
      .getByText("The page cannot start")
      .or(page.getByRole("button", { name: "alice" }))
      .waitFor();
    await page.waitForTimeout(1_000);
    await page.reload();
    await page.getByText("The page cannot start").waitFor();
    expect(cut).toBeGreaterThan(1);
    await looksRight("cannot-start");

    await page.unroute("**/oauth2/token");
    stub.tokenSeconds = 3_600;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "alice" }).waitFor();
  });

  it("asks to sign in again where the sign-in can be renewed no more, and not where its service says that it is away", async () => {
    const { page, stub, signIn } = opened;
    await signIn();
    let error = "temporarily_unavailable";
    await page.route("**/oauth2/token", (route) =>
      route.fulfill({ status: 400, headers: { "access-control-allow-origin": "*" }, json: { error } }),
    );
    await page.evaluate(`for (const [key, value] of Object.entries(sessionStorage))
      if (key.startsWith("oidc.user:")) sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(value), expires_at: 1 }));`);
    await page.reload();
    await page.getByText("The page cannot start").waitFor();
    error = "invalid_request";
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(stub.refreshed).toBe(0);
  });

  it("says that there is no such job, and no such page", async () => {
    const { page, stub, signIn, looksRight } = opened;
    await signIn(`/jobs/${id}`);
    await heading("There is no such job").waitFor();
    await page.goto(`${stub.origin}/nothing`);
    await heading("There is no such page").waitFor();
    await looksRight("not-found");
  });
});
