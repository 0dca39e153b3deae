// The built page in a real Chromium, under the policy that CloudFront sends. HEADGATE_SHOTS=folder keeps pictures of it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { type Stub, startStub } from "./stub-cloud.ts";

const executablePath = "/usr/bin/chromium";
const root = path.resolve(import.meta.dirname, "../..");
const shots = process.env.HEADGATE_SHOTS;

export const hasChromium = existsSync(executablePath);

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
  const browser = await chromium.launch({
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
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load resource")) faults.push(message.text());
  });
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
      for (const [kind, colorScheme, width] of [
        ["light", "light", 1280],
        ["dark", "dark", 1280],
        ["phone", "light", 390],
      ] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 800 });
        // by the debugger, since the page's policy admits no foreign script
        const found = await page.evaluate(
          `${axe.source};axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target + " " + n.failureSummary).join("; ")))`,
        );
        if (shots) await page.screenshot({ path: path.join(shots, `${name}-${kind}.png`), fullPage: true });
        expect.soft(found, `${name}, ${kind}`).toEqual([]);
        const beyond = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        expect.soft(beyond, `${name}, ${kind}: pixels beyond the window`).toBe(0);
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 1280, height: 800 });
      expect.soft(faults).toEqual([]);
    },
    async close() {
      await context.close();
      stub.stop();
    },
  };
}
