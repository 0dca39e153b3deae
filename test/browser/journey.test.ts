// A person at the page of the whole local stack, in a real Chromium: signing in, the welcome job, its files, waiting, signing out.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Session, sessionOf } from "../journey/api-session.ts";
import { type LocalStack, startStack } from "../journey/local-stack.ts";
import { faultsOf, hasChromium, launchChromium, looksRightEverywhere, screens } from "./chromium.ts";

let stack: LocalStack;
let alice: Session;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

describe.skipIf(!hasChromium)("the page on the local stack", () => {
  beforeAll(async () => {
    stack = await startStack({ seconds: 240, flags: ["--no-welcome"] });
    alice = await sessionOf(stack, "alice");
    browser = await launchChromium();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    if (stack) rmSync(stack.data, { recursive: true, force: true });
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
    faults = faultsOf(page);
  });
  afterEach(async () => {
    await context.close();
  });

  it("signs alice in with her password, shows her job with timeline and files, and saves a file as it is", async () => {
    const script = "sleep 2; seq 1000 >numbers.txt; mkdir sub; printf 'a b\\n' >'sub/with space.txt'; echo done";
    const job = await alice.submitScript(script, { "points.csv": "x,y\n1,2\n" }, { name: "Numbers" });
    await page.goto(stack.local.page);
    await page.getByRole("heading", { name: "Your jobs, on the cluster and back" }).waitFor();
    await looksRight("signed-out");
    await signIn("alice@example.org", "Headgate-alice-1", "sign-in");

    await page.getByRole("link", { name: "Numbers" }).click();
    await page.getByText("It has ended well.").waitFor();
    await page.getByRole("tab", { name: "Timeline" }).click();
    for (const state of ["Submitted", "On its way", "In the queue", "Succeeded"])
      await page.locator(".timeline").getByText(state, { exact: true }).first().waitFor();
    await looksRight("job-timeline");
    await page.getByRole("tab", { name: "Files" }).click();
    await page.getByRole("row", { name: /numbers\.txt/ }).waitFor();
    await looksRight("job");

    for (const file of (await alice.files(job.id)).files.filter(({ size }) => size > 0)) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `Download ${file.path}`, exact: true }).click(),
      ]);
      const bytes = readFileSync(await download.path());
      expect([bytes.length, createHash("sha256").update(bytes).digest("hex")], file.path).toEqual([
        file.size,
        file.sha256,
      ]);
    }
    await page.reload();
    await page.getByRole("heading", { name: "Numbers" }).waitFor();
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Jobs" }).click();
    await page.getByRole("cell", { name: "Succeeded" }).first().waitFor();
    await looksRight("jobs");
  });

  it("lets somebody else sign in after alice has signed out", async () => {
    await page.goto(stack.local.page);
    await signIn("alice@example.org", "Headgate-alice-1");
    const before = await page.evaluate("JSON.stringify(sessionStorage)");
    expect(before).toContain("refresh_token");
    await page.getByRole("button", { name: "alice", exact: true }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.evaluate("JSON.stringify(sessionStorage)")).not.toContain("access_token");

    await signIn("bob@example.org", "Headgate-bob-1");

    await page.getByRole("heading", { name: "You have no jobs yet" }).waitFor();
    await looksRight("first-job");
  });

  it("goes on with a new token where the old one is about to end", async () => {
    await page.goto(stack.local.page);
    await signIn("alice@example.org", "Headgate-alice-1");
    const old = await token();
    await page.evaluate(`for (const key of Object.keys(sessionStorage)) {
      if (!key.startsWith("oidc.user:")) continue;
      sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(key)), expires_at: Math.floor(Date.now() / 1000) + 5 }));
    }`);
    await page.reload();
    await page.getByRole("button", { name: "alice", exact: true }).waitFor();
    await expect.poll(token, { timeout: 20_000 }).not.toBe(old);
    expect(faults).toEqual([]);
  });

  it("says why a job failed, and shows what it wrote", async () => {
    const job = await alice.submitScript("echo no such file: points.csv >&2; exit 3", {}, { name: "Fails" });
    await alice.ended(job.id);
    await page.goto(`${stack.local.page}/jobs/${job.id}`);
    await signIn("alice@example.org", "Headgate-alice-1");

    await page.getByText("The program ended with exit code 3.").first().waitFor();
    await page.getByRole("tab", { name: "Files" }).click();
    await page.getByRole("row", { name: /stderr/ }).waitFor();
    await looksRight("job-failed");
  });

  it("says that there is no such job where it is somebody else's, in the same words as where there is none", async () => {
    const job = await alice.submitScript("true", {}, { name: "Hers" });
    await page.goto(`${stack.local.page}/jobs/${job.id}`);
    await signIn("bob@example.org", "Headgate-bob-1");
    await page.getByRole("heading", { name: "There is no such job" }).waitFor();
    const words = await page.locator("main").innerText();
    await page.goto(`${stack.local.page}/jobs/01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z`);
    await page.getByRole("heading", { name: "There is no such job" }).waitFor();
    expect(await page.locator("main").innerText()).toBe(words);
    await looksRight("no-such-job", absent);
    await page.goto(`${stack.local.page}/nothing/here`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await looksRight("no-such-page", absent);
  });

  it("registers a new person by a code from the mail, and lets them wait for approval", async () => {
    await page.goto(stack.local.page);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("E-mail").fill("carol@example.org");
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("alert").waitFor();
    await looksRight("sign-up-refused");
    await page.getByLabel("Password").fill("Headgate-carol-1");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByLabel("Code from the mail").fill(mailedCode("carol@example.org"));
    await looksRight("confirm");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByLabel("Password").fill("wrong-Password-1");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill("Headgate-carol-1");
    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("heading", { name: "Your account waits for approval" }).waitFor();
    await page.getByText("You are signed in as carol@example.org.").waitFor();
    await looksRight("waiting");
  });
});

/** Signs in at the hosted page, from a page that offers it. */
async function signIn(email: string, password: string, name?: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  expect(new URL(page.url()).searchParams.get("code_challenge_method")).toBe("S256");
  if (name) await looksRight(name);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: email.split("@")[0] ?? "", exact: true }).waitFor();
  expect(page.url()).not.toContain("code=");
}

async function token(): Promise<string> {
  return await page.evaluate<string>(
    `JSON.parse(sessionStorage.getItem(Object.keys(sessionStorage).find((key) => key.startsWith("oidc.user:")))).access_token`,
  );
}

/** The code of the last mail that the local user pool sent to an address. */
function mailedCode(address: string): string {
  const folder = path.join(stack.data, "mail");
  const mails = readdirSync(folder).sort();
  const mail = mails
    .map((name) => readFileSync(path.join(folder, name), "utf8"))
    .findLast((it) => it.includes(address));
  const code = /\b\d{6}\b/.exec(mail ?? "")?.[0];
  if (!code) throw new Error(`no mail with a code for ${address} among ${mails.join(", ")}`);
  return code;
}

/** The browser itself names each answer of 404 in its console, sometimes late. */
const absent = "status of 404";

/** In light, dark and on a phone: no fault that axe finds, nothing that sticks out sideways, no fault in the console but the expected. */
async function looksRight(name: string, expected?: string): Promise<void> {
  await looksRightEverywhere(page, name, screens);
  const unexpected = faults.splice(0).filter((fault) => expected === undefined || !fault.includes(expected));
  expect(unexpected).toEqual([]);
}
