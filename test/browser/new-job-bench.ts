// Tests of a new job in a real Chromium: a folder to drop, a cluster with two partitions, and what a person does on the page.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type BuiltPage, buildPage, type OpenedPage, openPage } from "./opened-page.ts";
import type { Stub } from "./stub-cloud.ts";

export type NewJobBench = {
  page: Page;
  stub: Stub;
  /** Holds "fit of a line" with line.py and data/points 1.dat. */
  folder: string;
  /** Signs in and goes there; waits for the form. */
  open(where: string): Promise<void>;
  /** Drops a file or folder of the disk upon the page, as a person does. */
  drop(what: string): Promise<void>;
  add(files: Record<string, string>): Promise<void>;
  choose(select: Locator, option: string): Promise<void>;
  /** Writes another text into the editor, without its help. */
  write(text: string): Promise<void>;
  /** What the bar at the foot says; a screen reader is told the same beside it. */
  standing(text: string): Locator;
  focused(): Promise<unknown>;
  /** Goes on by that key until the element has the focus, as somebody without a mouse does. */
  tabTo(target: Locator, key?: string): Promise<void>;
  looksRight(name: string): Promise<void>;
};

/** Registers what comes before and after each test; the answer gives the page of the test that runs. */
export function newJobBench(): () => NewJobBench {
  let built: BuiltPage;
  let folder: string;
  let opened: OpenedPage;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "headgate-new-job-"));
    mkdirSync(path.join(folder, "fit of a line/data"), { recursive: true });
    writeFileSync(path.join(folder, "fit of a line/line.py"), "from bumps.names import *\n");
    writeFileSync(path.join(folder, "fit of a line/data/points 1.dat"), "1 2 3\n");
    built = await buildPage();
  });
  afterAll(async () => {
    await built?.end();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    opened = await openPage(built, { viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    opened.page.setDefaultTimeout(30_000);
    opened.stub.clusters = [
      {
        id: "local",
        name: "Juniper",
        kind: "slurm",
        silent: false,
        partitions: [
          { name: "short", default: true, maxMinutes: 120, nodes: 4, cpusPerNode: 16, memoryMbPerNode: 64_000 },
          { name: "long", default: false, maxMinutes: 10_080, nodes: 8, cpusPerNode: 64, memoryMbPerNode: 256_000 },
        ],
      },
    ];
  });
  afterEach(async () => {
    await opened.close();
    expect(opened.faults).toEqual([]);
  });
  return () => benchOf(opened, folder);
}

function benchOf({ page, stub, context, looksRight }: OpenedPage, folder: string): NewJobBench {
  return {
    page,
    stub,
    folder,
    looksRight,
    async open(where) {
      await page.goto(stub.origin + where);
      await page.getByRole("button", { name: "Sign in" }).first().click();
      if (/\/new\b/.test(where) && !where.includes("nothing")) await page.getByText("Wall time").waitFor();
    },
    async drop(what) {
      const session = await context.newCDPSession(page);
      const data = { items: [], files: [what], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"] as const)
        await session.send("Input.dispatchDragEvent", { type, x: 500, y: 400, data });
      await session.detach();
    },
    async add(files) {
      await page
        .locator("input[data-kind=files]")
        .setInputFiles(
          Object.entries(files).map(([name, text]) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) })),
        );
    },
    async choose(select, option) {
      await select.click();
      await page.getByRole("option", { name: option }).first().click();
    },
    async write(text) {
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(text);
    },
    standing: (text) => page.locator(".submit-standing").getByText(text).first(),
    focused: () => page.evaluate(`document.activeElement?.value ?? document.activeElement?.textContent`),
    async tabTo(target, key = "Tab") {
      for (let count = 0; count < 120; count += 1) {
        await page.keyboard.press(key);
        if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      }
      throw new Error(`no way to ${target} by ${key}`);
    },
  };
}
