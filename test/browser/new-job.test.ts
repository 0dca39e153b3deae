// A new job in a real Chromium: by mouse, by keyboard, as JSON, and with everything that may go wrong on the way.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { faultsOf, hasChromium, launchChromium, looksRightEverywhere } from "./chromium.ts";
import { type Stub, startStub } from "./stub-cloud.ts";

const root = path.resolve(import.meta.dirname, "../..");
const shots = process.env.HEADGATE_SHOTS;

let folder: string;
let browser: Browser;
let stub: Stub;
let context: BrowserContext;
let page: Page;
let faults: string[];

describe.skipIf(!hasChromium)("a new job", () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "headgate-new-job-"));
    // a process of its own, so that React is built as for people and not as for tests
    const config = path.join(root, "web/page/vite.config.ts");
    execFileSync(
      path.join(root, "node_modules/.bin/vite"),
      ["build", "--config", config, "--outDir", path.join(folder, "page"), "--emptyOutDir"],
      { env: { ...process.env, NODE_ENV: "production" }, stdio: ["ignore", "ignore", "inherit"] },
    );
    mkdirSync(path.join(folder, "fit of a line/data"), { recursive: true });
    writeFileSync(path.join(folder, "fit of a line/line.py"), "from bumps.names import *\n");
    writeFileSync(path.join(folder, "fit of a line/data/points 1.dat"), "1 2 3\n");
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    stub = await startStub(path.join(folder, "page"));
    stub.clusters = [
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
    context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    faults = faultsOf(page, "Failed to load resource");
  });
  afterEach(async () => {
    await context.close();
    stub.stop();
    expect(faults).toEqual([]);
  });

  it("is filled by mouse: a folder is dropped, faults are told at their fields, the script follows, it is submitted", async () => {
    await open("/apps");
    await page.getByRole("link", { name: "bumps", exact: true }).waitFor();
    await looksRight("applications");
    await page.getByRole("link", { name: "bumps", exact: true }).click();
    await page.getByRole("heading", { name: "New bumps job" }).waitFor();
    await standing("Still needed: model").waitFor();
    await page.getByText("The script appears here").waitFor();
    await looksRight("new-job-empty");

    await drop(path.join(folder, "fit of a line"));
    await page.getByText("2 files").waitFor();
    await page.getByText("all uploaded").waitFor();
    // the only Python file is the model
    await page.getByText(/set -- 'fit of a line\/line.py' '--fit=amoeba'/).waitFor();
    expect(stub.uploads.map(({ name, body }) => [name, body])).toEqual([
      ["fit of a line/data/points 1.dat", "1 2 3\n"],
      ["fit of a line/line.py", "from bumps.names import *\n"],
    ]);

    await choose(page.getByLabel("Fitter"), "dream");
    await page.getByLabel("Samples").fill("many");
    await page.getByText("Accepted is a whole number from 1 to 1000000000 draws.", { exact: true }).waitFor();
    await standing("To be mended: samples is").waitFor();
    await page.getByLabel("Wall time").fill("500");
    await page.getByText("Accepted is at most 120 minutes on partition short.", { exact: true }).waitFor();
    await looksRight("new-job-faults");
    await page.getByRole("button", { name: "Submit" }).click();
    await expect.poll(() => focused()).toBe("many");
    expect(stub.submitted).toEqual([]);

    await page.getByLabel("Samples").fill("5000");
    await choose(page.getByLabel("Partition"), "long");
    await page.getByRole("textbox", { name: "Name - optional" }).fill("Line");
    await page.getByLabel("New tag").fill("thin film, steel");
    await page.getByRole("button", { name: "Add the tag" }).click();
    await page.getByText("--samples=5000").waitFor();
    await page.getByText("#SBATCH --partition=long").waitFor();
    await page.getByRole("tab", { name: "curl" }).click();
    await page.getByText('"samples": 5000').waitFor();
    await page.getByRole("tab", { name: "Python" }).click();
    await page.getByText("import json, os, urllib.request, uuid").waitFor();
    await page.getByRole("tab", { name: "Slurm script" }).click();

    await page.getByRole("button", { name: "Check" }).click();
    await standing("Checked: it would be accepted as it is.").waitFor();
    await page.getByText("As the API gives it").waitFor();
    await looksRight("new-job-checked");
    expect(stub.submitted).toEqual([]);
    await page.getByRole("button", { name: "Submit" }).dblclick();

    await page.waitForURL(/\/jobs\/01JB/);
    expect(stub.submitted).toMatchObject([
      {
        body: {
          application: "bumps",
          version: "1",
          name: "Line",
          tags: ["thin film", "steel"],
          parameters: { model: "fit of a line/line.py", fitter: "dream", samples: 5_000 },
          resources: { partition: "long", wallMinutes: 500 },
          inputs: stub.uploads.map(({ id, name }) => ({ upload: id, name })),
        },
      },
    ]);
    // and the draft is gone
    await page.goto(`${stub.origin}/apps/bumps/new`);
    await standing("Still needed: model").waitFor();
  });

  it("is filled by keyboard only", async () => {
    await open("/apps");
    await page.getByRole("link", { name: "bumps", exact: true }).waitFor();
    await tabTo(page.getByRole("link", { name: "bumps", exact: true }));
    await page.keyboard.press("Enter");
    await standing("Still needed: model").waitFor();

    // asked for before Tab goes round: a dialogue that opens before the browser was told to hand it over is told to nobody
    const chooser = page.waitForEvent("filechooser");
    await tabTo(page.getByRole("button", { name: "Add files" }));
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(
      ["line.py", "data/points 1.dat"].map((name) => path.join(folder, "fit of a line", name)),
    );
    await page.getByText("all uploaded").waitFor();
    await tabTo(page.getByRole("button", { name: "Rename points 1.dat" }), "Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => focused()).toBe("points 1.dat");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("points.dat");
    await page.keyboard.press("Enter");
    await page.getByText("points.dat").first().waitFor();

    await tabTo(page.getByLabel("Fitter"), "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: "newton" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("'--fit=newton'").waitFor();
    await tabTo(page.getByLabel("Steps"));
    await page.keyboard.type("200");
    await tabTo(page.getByLabel("Wall time"));
    await page.keyboard.type("20");
    await tabTo(page.getByLabel("New tag"));
    await page.keyboard.type("by hand,");
    await tabTo(page.getByRole("button", { name: "Check" }));
    await page.keyboard.press("Enter");
    await standing("Checked: it would be accepted").waitFor();
    await tabTo(page.getByRole("button", { name: "Submit" }));
    await page.keyboard.press("Enter");

    await page.waitForURL(/\/jobs\/01JB/);
    expect(stub.submitted).toMatchObject([
      {
        body: {
          tags: ["by hand"],
          parameters: { model: "line.py", fitter: "newton", steps: 200 },
          resources: { wallMinutes: 20 },
          inputs: [{ name: "line.py" }, { name: "points.dat" }],
        },
      },
    ]);
  });

  it("is the same as form and as JSON, and keeps the last good one while the JSON is broken", async () => {
    await open("/apps/script/new");
    await add({ "run.sh": "echo 1\n", "a.dat": "1" });
    await choose(page.getByLabel("Script among the inputs").last(), "run.sh");
    await page.getByRole("button", { name: "Add to Arguments" }).click();
    await page.getByLabel("Arguments-1").fill("-v");
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    await page.locator(".cm-content").waitFor();
    const json = async () => (await page.locator(".cm-line").allInnerTexts()).join("\n");
    expect(JSON.parse(await json())).toEqual({
      application: "script",
      version: "1",
      parameters: { script: "run.sh", arguments: ["-v"] },
      resources: {},
      inputs: ["a.dat", "run.sh"],
    });

    await write(
      '{"application": "script", "parameters": {"script": "go.sh", "interpreter": "perl"}, "inputs": ["a.dat", "go.sh"]}',
    );
    await page.getByText("1 fault").waitFor();
    expect(await page.locator(".cm-lintRange-error").allInnerTexts()).toEqual(['"perl"']);
    await looksRight("new-job-json");
    await write('{"application": "script", "parameters": ');
    await page.getByText("This cannot be read as a job").waitFor();
    await standing("The JSON cannot be read").waitFor();
    await page.getByRole("button", { name: "Form", exact: true }).click();
    await page.getByText("The form shows the last job that could be read").waitFor();
    // the file was renamed in the JSON and keeps its upload
    await page.getByRole("button", { name: "Rename go.sh" }).waitFor();
    await page.getByText("Accepted is one of auto, sh, bash, python3.", { exact: true }).waitFor();
    await choose(page.getByLabel("Interpreter"), "bash");
    await standing("Ready to be submitted").waitFor();
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    await page.locator(".cm-content").waitFor();
    expect(JSON.parse(await json())).toMatchObject({ parameters: { script: "go.sh", interpreter: "bash" } });
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\//);
    expect(stub.submitted[0]?.body.inputs).toEqual([
      { upload: stub.uploads.find(({ name }) => name === "a.dat")?.id, name: "a.dat" },
      { upload: stub.uploads.find(({ name }) => name === "run.sh")?.id, name: "go.sh" },
    ]);
  });

  it("runs a text that is written here", async () => {
    await open("/apps/script/new");
    await page.getByRole("radio", { name: "Text of the script" }).click();
    await page.locator(".cm-content").click();
    await page.keyboard.type('echo "it\'s"\nls', { delay: 5 });
    await page.getByText('# echo "it\'s"').waitFor();
    await looksRight("new-job-script");
    await page.getByRole("radio", { name: "Script among the inputs" }).click();
    await standing("Still needed").waitFor();
    await page.getByRole("radio", { name: "Text of the script" }).click();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\//);
    expect(stub.submitted[0]?.body.parameters).toEqual({ text: 'echo "it\'s"\nls' });
  });

  it("is kept over a reload, uploads included; what was not yet uploaded is named", async () => {
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

  it("sends a failed upload again by itself alone, and one job where the answer was lost", async () => {
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

  it("says that there is no such application", async () => {
    await open("/apps/nothing/new");
    await page.getByRole("heading", { name: "There is no such application" }).waitFor();
  });
});

async function open(where: string): Promise<void> {
  await page.goto(stub.origin + where);
  await page.getByRole("button", { name: "Sign in" }).first().click();
  if (where.endsWith("/new") && !where.includes("nothing")) await page.getByText("Wall time").waitFor();
}

/** Drops a file or folder of the disk upon the page, as a person does. */
async function drop(what: string): Promise<void> {
  const session = await context.newCDPSession(page);
  const data = { items: [], files: [what], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, x: 500, y: 400, data });
  await session.detach();
}

async function add(files: Record<string, string>): Promise<void> {
  await page
    .locator("input[data-kind=files]")
    .setInputFiles(
      Object.entries(files).map(([name, text]) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) })),
    );
}

async function choose(select: Locator, option: string): Promise<void> {
  await select.click();
  await page.getByRole("option", { name: option }).first().click();
}

/** Writes another text into the editor, without its help. */
async function write(text: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** What the bar at the foot says; a screen reader is told the same beside it. */
const standing = (text: string) => page.locator(".submit-standing").getByText(text).first();

const focused = () => page.evaluate(`document.activeElement?.value ?? document.activeElement?.textContent`);

/** Goes on by that key until the element has the focus, as somebody without a mouse does. */
async function tabTo(target: Locator, key = "Tab"): Promise<void> {
  for (let count = 0; count < 120; count += 1) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
  }
  throw new Error(`no way to ${target} by ${key}`);
}

const looksRight = (name: string) => looksRightEverywhere(page, name, shots);
