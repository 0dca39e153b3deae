// A real Chromium, what its console complains of, and how a view is held to look right in it.
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const executablePath = "/usr/bin/chromium";

export const hasChromium = existsSync(executablePath);

/** Pictures of views on the whole local stack. */
export const screens = path.resolve(import.meta.dirname, "../artefacts/screens");

/** Starts a browser that neither keeps nor fetches anything of its own accord. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
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
}

/** What nobody caught and what the console calls an error, violations of the page's policy among it; of `expected` words nothing is said. */
export function faultsOf(page: Page, expected?: string): string[] {
  const faults: string[] = [];
  const note = (words: string) => {
    if (expected === undefined || !words.includes(expected)) faults.push(words);
  };
  page.on("pageerror", (error) => note(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) note(message.text());
  });
  return faults;
}

/** In light, dark and on a phone: no fault that axe finds, nothing that sticks out sideways. Keeps a picture of each in the folder `shots`. */
export async function looksRightEverywhere(page: Page, name: string, shots: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  for (const [kind, colorScheme, width] of [
    ["light", "light", 1280],
    ["dark", "dark", 1280],
    ["phone", "light", 390],
  ] as const) {
    // colours that fade from one look to the other would be measured half-way
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 800 });
    await page.waitForFunction("document.getAnimations().every((one) => !(one instanceof CSSTransition))");
    // by the debugger, since the page's policy admits no foreign script
    const found = await page.evaluate(
      `${axe.source};axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target + " " + n.failureSummary).join("; ")))`,
    );
    // the bar at the top stays in sight: further down it would lie across the picture
    await page.evaluate("scrollTo(0, 0)");
    await page.screenshot({ path: path.join(shots, `${name}-${kind}.png`), fullPage: true });
    expect.soft(found, `${name}, ${kind}`).toEqual([]);
    const beyond = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect.soft(beyond, `${name}, ${kind}: pixels beyond the window`).toBe(0);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
}
