// The built page in a real Chromium, under the policy that CloudFront sends. HEADGATE_SHOTS=folder keeps pictures of it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { faultsOf, launchChromium, looksRightEverywhere, screens } from "./chromium.ts";
import { type Stub, startStub } from "./stub-cloud.ts";

const root = path.resolve(import.meta.dirname, "../..");
/** A folder of its own: views of the real local stack bear some of the same names. */
const shots = path.join(screens, "stand-in");

export type BuiltPage = { folder: string; browser: Browser; end(): Promise<void> };

/** Builds the page (HEADGATE_PAGE names one that is built already) and starts a browser. */
export async function buildPage(): Promise<BuiltPage> {
  const made = mkdtempSync(path.join(tmpdir(), "headgate-page-"));
  const folder = process.env.HEADGATE_PAGE ?? path.join(made, "page");
  if (!process.env.HEADGATE_PAGE)
    // a process of its own, so that React is built as for people and not as for tests
    execFileSync(
      path.join(root, "node_modules/.bin/vite"),
      ["build", "--config", path.join(root, "web/page/vite.config.ts"), "--outDir", folder, "--emptyOutDir"],
      { env: { ...process.env, NODE_ENV: "production" }, stdio: ["ignore", "ignore", "inherit"] },
    );
  const browser = await launchChromium();
  return {
    folder,
    browser,
    async end() {
      await browser.close();
      rmSync(made, { recursive: true, force: true });
    },
  };
}

export type OpenedPage = {
  stub: Stub;
  page: Page;
  context: BrowserContext;
  /** What the console called an error, and what nobody caught. */
  faults: string[];
  /** Signs in and goes there. */
  signIn(where?: string): Promise<void>;
  /** Presses a button and takes the file that it saves. */
  save(button: string): Promise<{ name: string; text: string }>;
  /** In light, dark and on a phone: no fault that axe finds, nothing that sticks out sideways, no fault in the console. */
  looksRight(name: string): Promise<void>;
  close(): Promise<void>;
};

/** Opens the page in a tab of its own, with a stand-in of its own behind it. */
export async function openPage(built: BuiltPage, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const stub = await startStub(built.folder);
  const context = await built.browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = faultsOf(page, "Failed to load resource");
  return {
    stub,
    page,
    context,
    faults,
    async signIn(where = "/") {
      await page.goto(stub.origin + where);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("alice", { exact: true }).first().waitFor({ state: "attached" });
    },
    async save(button) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: button, exact: true }).click(),
      ]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
    },
    async looksRight(name) {
      await looksRightEverywhere(page, name, shots);
      expect.soft(faults).toEqual([]);
    },
    async close() {
      await context.close();
      stub.stop();
    },
  };
}
