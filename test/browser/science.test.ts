// A scientist at the page, from sign-in to a fit that is run again with another fitter: once by mouse, once by keyboard alone.
// Real Slurm, real bumps, the whole local cloud, a real Chromium.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContext, Download, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Session, sessionOf } from "../journey/api-session.ts";
import { type LocalStack, startStack } from "../journey/local-stack.ts";
import { haveSlurm, isRoot } from "../journey/machine.ts";
import { faultsOf, hasChromium, launchChromium, looksRightEverywhere, screens } from "./chromium.ts";

const example = path.resolve(import.meta.dirname, "../../infra/local/welcome/bumps");
const inputs = ["line.py", "points.dat"].map((name) => path.join(example, name));

describe.skipIf(!hasChromium || !haveSlurm() || !isRoot() || !existsSync("/usr/bin/bumps"))(
  "a scientist at the page",
  () => {
    let stack: LocalStack;
    let alice: Session;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let faults: string[];

    beforeAll(async () => {
      stack = await startStack({ seconds: 240, flags: ["--slurm=private", "--nodes=2", "--no-welcome"] });
      alice = await sessionOf(stack, "alice");
      browser = await launchChromium();
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await stack?.stop();
      if (stack) rmSync(stack.data, { recursive: true, force: true });
    });
    beforeEach(async () => {
      context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
      context.setDefaultTimeout(60_000);
      page = await context.newPage();
      faults = faultsOf(page);
    });
    afterEach(async () => {
      await context.close();
    });

    it("fits a line by mouse, sees the plot, takes a file away, and runs it again with another fitter", async () => {
      await page.goto(stack.local.page);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByLabel("E-mail").fill("alice@example.org");
      await page.getByLabel("Password").fill("Headgate-alice-1");
      await page.getByRole("button", { name: "Sign in" }).click();

      await page.getByRole("link", { name: "New job", exact: true }).first().click();
      await page.getByRole("link", { name: "New bumps job" }).waitFor();
      await looksRight("applications");
      await page.getByRole("link", { name: "New bumps job" }).click();
      await page.getByRole("heading", { name: "New bumps job" }).waitFor();
      await looksRight("new-job-empty");
      await drop(inputs);
      await page.getByText("all uploaded").waitFor();
      await choose("Model", "line.py");
      await choose("Fitter", "dream");
      await page.getByLabel("Steps").fill("60");
      await page.getByLabel("Burn-in").fill("30");
      await page.getByLabel("Seed").fill("7");
      await page.getByLabel(/^Name - /).fill("A line by mouse");
      await page.getByText("exec bumps").first().waitFor();
      await page.getByText("--fit=dream").first().waitFor();
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await page.getByText("Checked: it would be accepted as it is.").first().waitFor();
      await looksRight("new-job");
      await page.getByRole("button", { name: "JSON", exact: true }).click();
      await page.getByText('"fitter"').waitFor();
      await looksRight("new-job-json");
      await page.getByRole("button", { name: "Submit", exact: true }).click();

      const first = await watchedToItsEnd("A line by mouse");
      await page.getByRole("img", { name: /^Plot of data, model against x/ }).waitFor();
      await page.getByRole("table").getByText("1.999").waitFor();
      await looksRight("bumps-results");
      for (const tab of ["Files", "Log", "Timeline", "Inputs and parameters", "Details"]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.getByRole("tabpanel", { name: tab }).waitFor();
        await looksRight(`job-${tab.toLowerCase().replaceAll(" ", "-")}`);
      }
      await page.getByRole("tab", { name: "Results" }).click();
      const par = await fileOf(first, ".par");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `Download ${par.path}`, exact: true }).click(),
      ]);
      expect(await digest(download)).toBe(par.sha256);

      await page.getByRole("link", { name: "Edit and run" }).click();
      await page.getByRole("heading", { name: "New bumps job" }).waitFor();
      await choose("Fitter", "amoeba");
      await page.getByRole("button", { name: "Submit", exact: true }).click();
      const second = await watchedToItsEnd("A line by mouse", first);
      expect(await alice.ended(second)).toMatchObject({ rerunOf: first, parameters: { fitter: "amoeba", seed: 7 } });

      await page.getByRole("link", { name: "Jobs", exact: true }).first().click();
      await page.getByRole("link", { name: "A line by mouse" }).first().waitFor();
      await looksRight("jobs");
      await page.getByRole("link", { name: "Home", exact: true }).click();
      await page.getByRole("heading", { name: "Last results" }).waitFor();
      await looksRight("home");
      await page.getByRole("link", { name: "Account", exact: true }).click();
      await page
        .getByRole("heading", { name: /tokens/i })
        .first()
        .waitFor();
      await looksRight("account");
      expect(faults).toEqual([]);
    }, 600_000);

    it("does all of that by the keyboard alone", async () => {
      await page.goto(stack.local.page);
      await press(page.getByRole("button", { name: "Sign in" }));
      await type(page.getByLabel("E-mail"), "alice@example.org");
      await type(page.getByLabel("Password"), "Headgate-alice-1");
      await page.keyboard.press("Enter");

      await press(page.getByRole("link", { name: "New job", exact: true }).first());
      await press(page.getByRole("link", { name: "New bumps job" }));
      await page.getByRole("heading", { name: "New bumps job" }).waitFor();
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        press(page.getByRole("button", { name: "Add files" })),
      ]);
      await chooser.setFiles(inputs);
      await page.getByText("all uploaded").waitFor();
      await chooseByKeys("Model", "line.py");
      await chooseByKeys("Fitter", "dream");
      await type(page.getByLabel("Steps"), "50");
      await type(page.getByLabel("Burn-in"), "20");
      await type(page.getByLabel("Seed"), "3");
      await type(page.getByLabel(/^Name - /), "A line by keys");
      await press(page.getByRole("button", { name: "Submit", exact: true }));

      const first = await watchedToItsEnd("A line by keys");
      await page.getByRole("img", { name: /^Plot of data, model against x/ }).waitFor();
      await tabTo(page.getByRole("tab", { name: "Results" }));
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await type(page.getByPlaceholder("Filter by name or folder"), ".par");
      const par = await fileOf(first, ".par");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        press(page.getByRole("button", { name: new RegExp(`^Download .*${path.basename(par.path)}`) }).first()),
      ]);
      expect(await digest(download)).toBe(par.sha256);

      await press(page.getByRole("link", { name: "Edit and run" }));
      await page.getByRole("heading", { name: "New bumps job" }).waitFor();
      await chooseByKeys("Fitter", "amoeba");
      await press(page.getByRole("button", { name: "Submit", exact: true }));
      const second = await watchedToItsEnd("A line by keys", first);
      expect(await alice.ended(second)).toMatchObject({ rerunOf: first, parameters: { fitter: "amoeba", seed: 3 } });
      expect(faults).toEqual([]);
    }, 400_000);

    async function fileOf(job: string, ending: string) {
      const { files } = await alice.files(job);
      const found = files.find((file) => file.path.endsWith(ending));
      if (!found) throw new Error(`the fit left no ${ending}: ${files.map((file) => file.path).join(", ")}`);
      return found;
    }

    /** Goes on with Tab until that is in focus, as somebody without a mouse does. */
    async function tabTo(target: Locator): Promise<void> {
      await target.first().waitFor();
      for (let steps = 0; steps < 200; steps += 1) {
        if (await target.first().evaluate((element) => element.matches(":focus"))) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab does not come to ${target}`);
    }

    async function press(target: Locator): Promise<void> {
      await tabTo(target);
      await page.keyboard.press("Enter");
    }

    async function type(target: Locator, text: string): Promise<void> {
      await tabTo(target);
      await page.keyboard.type(text);
    }

    async function chooseByKeys(label: string, value: string): Promise<void> {
      const button = page.getByRole("button", { name: new RegExp(`^${label}`) });
      await press(button);
      await page.getByRole("option").first().waitFor();
      const options = (await page.getByRole("option").allInnerTexts()).map((text) => text.trim().split("\n")[0]);
      await page.keyboard.press("Home");
      for (let at = 0; at < options.indexOf(value); at += 1) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: new RegExp(`^${label} .*${value}`) }).waitFor();
    }

    /** Follows the job that the page shows to its success; returns its id. */
    async function watchedToItsEnd(name: string, other = ""): Promise<string> {
      await page.waitForURL(
        (url) => /\/jobs\/[0-9A-Z]{26}$/.test(url.pathname) && !url.pathname.endsWith(other || "-"),
      );
      await page.getByRole("heading", { name }).first().waitFor();
      await page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 120_000 });
      return new URL(page.url()).pathname.split("/").at(-1) ?? "";
    }

    async function choose(label: string, value: string): Promise<void> {
      await page.getByRole("button", { name: new RegExp(`^${label}`) }).click();
      await page.getByRole("option", { name: value }).first().click();
    }

    /** Drops files onto the page as a hand would. */
    async function drop(files: readonly string[]): Promise<void> {
      const session = await context.newCDPSession(page);
      const data = { items: [], files: [...files], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"] as const)
        await session.send("Input.dispatchDragEvent", { type, x: 500, y: 400, data });
      await session.detach();
    }

    const digest = async (download: Download) =>
      createHash("sha256")
        .update(readFileSync(await download.path()))
        .digest("hex");

    async function looksRight(name: string): Promise<void> {
      await looksRightEverywhere(page, name, screens);
      expect(faults).toEqual([]);
    }
  },
);
