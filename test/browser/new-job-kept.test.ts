// A new job in a real Chromium: what is kept of it over reloads, and begun from another job.
import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { newJobBench } from "./new-job-bench.ts";

describe.skipIf(!hasChromium)("what was entered for a new job", () => {
  const bench = newJobBench();

  it("is kept over a reload, uploads included; what was not yet uploaded is named", async () => {
    const { page, stub, open, add, standing, looksRight } = bench();
    await open("/apps/bumps/new");
    await add({ "line.py": "x" });
    await page.getByText("all uploaded").waitFor();
    let release = () => {};
    stub.held = new Promise((resolve) => {
      release = resolve;
    });
    await add({ "late.dat": "12345" });
    await page.getByLabel("Steps").fill("77");
    await page.reload();
    release();
    await page
      .getByText("This is your draft, as you left it. Not yet uploaded then, and to be added again: late.dat.")
      .waitFor();
    expect(await page.getByLabel("Steps").inputValue()).toBe("77");
    await page.getByText("1 to be added again").waitFor();
    await looksRight("new-job-draft");
    await add({ "late.dat": "12345" });
    await page.getByText("all uploaded").waitFor();
    expect(stub.uploads.map(({ name }) => name)).toEqual(["line.py", "late.dat", "late.dat"]);

    await page.getByRole("button", { name: "Start afresh" }).click();
    await page.getByRole("button", { name: "Clear everything" }).click();
    await standing("Still needed: model").waitFor();
    await page.reload();
    await standing("Still needed: model").waitFor();
    expect(await page.getByText("This is your draft").count()).toBe(0);
  });

  it("begins with another job's values, and asks before a draft gives way", async () => {
    const { page, stub, open, add, standing, looksRight } = bench();
    await open("/apps/bumps/new");
    await add({ "line.py": "x" });
    await standing("Ready to be submitted").waitFor();
    await page.getByLabel("Steps").fill("31");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\//);
    const [job] = stub.jobs;
    await page.goto(`${stub.origin}/apps/bumps/new`);
    await page.getByLabel("Seed").fill("5");
    await page.goto(`${stub.origin}/apps/bumps/new?from=${job?.id}`);

    await page.getByText("You have a draft here").waitFor();
    await looksRight("new-job-or-draft");
    await page.getByRole("button", { name: "Go on with the draft" }).click();
    expect(await page.getByLabel("Seed").inputValue()).toBe("5");
    await page.reload();
    await page.getByRole("button", { name: "Take the values of the job" }).click();
    await page.getByText("This begins with the values of").waitFor();
    expect(await page.getByLabel("Steps").inputValue()).toBe("31");
    await page.getByLabel("Steps").fill("32");
    await page.reload();
    // the draft is of that job now: it is gone on with
    await page.getByText("This is your draft").waitFor();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\//);
    expect(stub.uploads).toHaveLength(1);
    expect(stub.submitted.at(-1)?.body).toMatchObject({
      rerunOf: job?.id,
      parameters: { model: "line.py", steps: 32 },
      inputs: [{ upload: stub.uploads[0]?.id, name: "line.py" }],
    });
  });
});
