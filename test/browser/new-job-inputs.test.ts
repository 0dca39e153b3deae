// The inputs of a new job in a real Chromium: cut off, waited for, thousands of them, and names that are refused.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { newJobBench } from "./new-job-bench.ts";

describe.skipIf(!hasChromium)("the inputs of a new job", () => {
  const bench = newJobBench();

  it("sends a failed upload again by itself alone, and one job where the answer was lost", async () => {
    const { page, stub, open, add, standing } = bench();
    await open("/apps/bumps/new");
    // the client tries again, and so does the browser
    stub.cutUploads = 100;
    await add({ "line.py": "x" });
    await page.getByText("the upload was cut off").waitFor({ timeout: 30_000 });
    await standing("To be mended").waitFor();
    stub.cutUploads = 0;
    await add({ "points.dat": "1" });
    await page.getByRole("button", { name: "Send line.py again" }).click();
    await page.getByText("all uploaded").waitFor();
    expect(stub.uploads.filter(({ body }) => body !== undefined).map(({ name }) => name)).toEqual([
      "points.dat",
      "line.py",
    ]);

    stub.cutSubmissions = 100;
    await page.getByRole("button", { name: "Submit" }).click();
    await standing("It was not submitted").waitFor({ timeout: 30_000 });
    stub.cutSubmissions = 0;
    await page.reload();
    await standing("Ready to be submitted").waitFor();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\//);
    expect(new Set(stub.submitted.map(({ key }) => key)).size).toBe(1);
    expect(stub.jobs).toHaveLength(1);
  });

  it("waits for inputs that are under way, and tells of what the API finds", async () => {
    const { page, stub, open, add, standing } = bench();
    await open("/apps/bumps/new");
    let release = () => {};
    stub.held = new Promise((resolve) => {
      release = resolve;
    });
    await add({ "line.py": "x" });
    await page.getByRole("button", { name: "Check" }).click();
    await standing("Waits for the inputs").waitFor();
    release();
    await standing("Checked: it would be accepted").waitFor();
    // it vanished meanwhile
    stub.uploads = [];
    await page.getByRole("button", { name: "Submit" }).click();
    await standing("It was not submitted: an input was not uploaded.").waitFor();
    // and is sent again by itself: its file is still at hand
    await page.getByText("all uploaded").waitFor();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\//);
  });

  it("stays usable with 2,000 files, and says how many a job takes", async () => {
    const { page, folder, open, drop } = bench();
    await open("/apps/bumps/new");
    const many = path.join(folder, "many");
    mkdirSync(many, { recursive: true });
    for (let count = 0; count < 2_000; count += 1) writeFileSync(path.join(many, `${count}.dat`), "");
    await drop(many);
    await page.getByText("these are 2,000").waitFor();
    await page.getByLabel("Steps").fill("12");
    expect(await page.locator(".inputs-row").count()).toBe(20);
    await page.getByLabel("Find a file").fill("1999");
    await page.getByText("many/1999.dat").waitFor();
    await page.getByRole("button", { name: "Remove all" }).click();
    await page.getByText("Add files").waitFor();
    expect(await page.locator(".inputs-row").count()).toBe(0);
    await page.locator("input[data-kind=folder]").setInputFiles(path.join(folder, "fit of a line"));
    await page.getByText("all uploaded").waitFor();
    expect(await page.locator(".inputs-name").allInnerTexts()).toEqual([
      "fit of a line/data/points 1.dat",
      "fit of a line/line.py",
    ]);
  });

  it("says who gives an account, and what a name may not be", async () => {
    const { page, stub, open, add, standing, looksRight } = bench();
    stub.person.accounts = {};
    await open("/apps/bumps/new");
    await page.getByText("You have no Unix account on Juniper yet").waitFor();
    await add({ "line.py": "x" });
    await standing("All is filled in, but you have no Unix account").waitFor();
    await page.getByRole("button", { name: "Rename line.py" }).click();
    await page.getByLabel("New name of line.py").fill("../line.py");
    await page.getByText("accepted is a name without empty, . or .. parts").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Rename line.py" }).waitFor();
    await looksRight("new-job-no-account");
  });
});
