// What jobs leave: much, nothing, oddly named, too large.
import { rmSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { logOf, onPage, runScript, type Scenario } from "./world.ts";

export const leavings: Scenario[] = [
  {
    name: "that writes 10,000 lines to its error output brings them all, and its page the last",
    async run(world) {
      const script = "seq 10000 | sed 's/^/line /' >&2; exit 1";
      const end = await runScript(world, script);

      expect(end.job).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 1 });
      const lines = (await logOf(world, end, "stderr")).split("\n");
      expect([lines.length, lines[0], lines[9_999]]).toEqual([10_001, "line 1", "line 10000"]);
      const { above } = await onPage(world, end, {
        standing: "The program ended with exit code 1.",
        likely: "The program found an error by itself.",
        above: "The last 30 lines of its error output",
      });
      expect(above).toContain("line 9971\n");
      expect(above).toContain("line 10000");
      expect(above).not.toContain("line 9970\n");
      await world.pages.visit(end.job.id, async (page) => {
        await page.getByRole("tab", { name: "Log" }).click();
        await page.getByRole("tabpanel", { name: "Log" }).getByText("line 10000", { exact: true }).waitFor();
      });
    },
  },
  {
    name: "that leaves no file succeeds with none but its empty logs",
    async run(world) {
      const end = await runScript(world, "true");

      expect(end.job).toMatchObject({ state: "succeeded", exitCode: 0, results: { state: "available", bytes: 0 } });
      expect(end.files.filter((file) => file.role === "result")).toEqual([]);
      await onPage(world, end, { standing: "It has ended well." });
      await world.pages.visit(end.job.id, async (page) => {
        await page.getByRole("tab", { name: "Log" }).click();
        await page.getByRole("tabpanel", { name: "Log" }).getByText("Nothing was written to it.").waitFor();
      });
    },
  },
  {
    name: "that leaves 2,000 files brings each",
    async run(world) {
      const script = "mkdir a; i=0; while [ $i -lt 2000 ]; do echo $i >a/$i.txt; i=$((i+1)); done";
      const end = await runScript(world, script);

      expect(end.job).toMatchObject({ state: "succeeded", results: { state: "available", files: 2_002 } });
      const all = await everyFile(world, end.job.id);
      const results = all.filter((file) => file.role === "result");
      expect(results).toHaveLength(2_000);
      for (const at of [0, 777, 1_999]) {
        const file = results.find((one) => one.path === `a/${at}.txt`);
        expect(file && (await world.alice.download(file)).toString()).toBe(`${at}\n`);
      }
      await onPage(world, end, { standing: "It has ended well." });
      await world.pages.visit(end.job.id, async (page) => {
        await page.getByRole("tab", { name: "Files (2,002)" }).click();
        const panel = page.getByRole("tabpanel", { name: "Files" });
        await panel.getByText("2,002 files").waitFor();
        await panel.getByPlaceholder("Filter by name or folder").fill("1999.txt");
        await panel.getByText("1999.txt").first().waitFor();
      });
    },
  },
  {
    name: "whose file has a newline in its name brings it under that name",
    async run(world) {
      const name = "two\nlines.txt";
      const end = await runScript(world, "printf content >'two\nlines.txt'");

      expect(end.job.state).toBe("succeeded");
      const file = end.files.find((one) => one.path === name);
      expect(file && (await world.alice.download(file)).toString()).toBe("content");
      await world.pages.visit(end.job.id, async (page) => {
        await page.getByRole("tab", { name: /^Files/ }).click();
        const panel = page.getByRole("tabpanel", { name: "Files" });
        await panel.getByText("two␊lines.txt").first().waitFor();
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          panel.getByRole("button", { name: /^Download two.lines\.txt$/s }).click(),
        ]);
        expect(download.suggestedFilename()).toMatch(/^two.lines\.txt$/s);
      });
    },
  },
  {
    name: "whose results are over the limit keeps them on the cluster, and says where",
    async run(world) {
      const end = await runScript(world, "echo small >small; truncate -s 60GB large");
      const { folder = "" } = end.job;
      rmSync(path.join(folder, "work", "large"));

      expect(end.job).toMatchObject({
        state: "succeeded",
        results: { state: "withheld", reason: "60 GB > 50 GB" },
        folder: expect.stringMatching(/^\/home\/alice\/headgate\//),
      });
      await onPage(world, end, {
        standing: "It has ended well.",
        above: `The results stay on the cluster in ${folder}: 60 GB > 50 GB.`,
      });
    },
  },
];

/** All pages of a job's files. */
async function everyFile({ stack, alice }: Parameters<Scenario["run"]>[0], id: string) {
  type Page = {
    files: { path: string; role: "result" | "stdout" | "stderr"; size: number; sha256: string; href: string }[];
    cursor?: string;
  };
  const all: Page["files"] = [];
  let cursor = "";
  do {
    const query = `limit=1000${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await fetch(`${stack.local.api}/v1/jobs/${id}/files?${query}`, {
      headers: { authorization: `Bearer ${alice.token}` },
    });
    const page = (await answer.json()) as Page;
    all.push(...page.files);
    cursor = page.cursor ?? "";
  } while (cursor !== "");
  return all;
}
