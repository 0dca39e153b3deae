// Results looked at in a real Chromium: a fit by bumps, tables of any length, pictures, JSON, parameters, and what is none of these.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Job } from "../../shared/contract/job.ts";
import { hasChromium } from "./chromium.ts";
import { type BuiltPage, buildPage, type OpenedPage, openPage } from "./opened-page.ts";
import type { StubFile } from "./stub-files.ts";

const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";
const fixtures = path.resolve(import.meta.dirname, "../fixtures");
const moment = "2026-01-02T03:04:05.000Z";

const job = (change: Partial<Job> = {}): Job => ({
  id,
  application: "bumps",
  version: "1",
  cluster: "local",
  name: "A fit",
  state: "succeeded",
  exitCode: 0,
  attempt: 1,
  parameters: { model: "line.py", fitter: "dream", samples: 2_000 },
  resources: {},
  inputs: [{ name: "line.py", size: 344, etag: "a", upload: id.replace("01", "02") }],
  results: { state: "available", files: 6, bytes: 12_345, skipped: 0 },
  account: "alice",
  createdAt: moment,
  changedAt: moment,
  startedAt: moment,
  endedAt: moment,
  ...change,
});

/** What bumps really left, as files of the job; every other one comes by way of S3. */
const left = (folder: string): StubFile[] =>
  readdirSync(path.join(fixtures, "bumps", folder)).map((name, index) => ({
    path: `fit/${name}`,
    role: "result",
    body: readFileSync(path.join(fixtures, "bumps", folder, name)),
    stored: index % 2 === 1,
  }));
const text = (name: string, body: string | Buffer): StubFile => ({
  path: name,
  role: "result",
  body,
  stored: body.length > 1_000_000,
});

/** Width and height of a PNG; throws where it is none. */
function pngSize(bytes: Buffer): [number, number] {
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect(bytes.subarray(-8, -4).toString()).toBe("IEND");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe.skipIf(!hasChromium)("results", () => {
  let built: BuiltPage;
  let opened: OpenedPage;

  beforeAll(async () => {
    built = await buildPage();
  });
  afterAll(async () => {
    await built?.end();
  });
  beforeEach(async () => {
    opened = await openPage(built);
    opened.stub.jobs = [job()];
  });
  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.close();
  });

  const show = async (files: StubFile[], name: string) => {
    opened.stub.jobs = [job({ application: "script" })];
    opened.stub.files = files;
    await opened.signIn(`/jobs/${id}#files/${encodeURIComponent(name)}`);
  };
  const saved = async (button: string | RegExp): Promise<{ name: string; bytes: Buffer }> => {
    const [download] = await Promise.all([
      opened.page.waitForEvent("download"),
      opened.page.getByRole("button", { name: button }).first().click(),
    ]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };

  it("shows data, model and residuals of a fit, its parameters with errors, and takes them away", async () => {
    const { page, stub } = opened;
    stub.files = left("line-dream");
    await opened.signIn(`/jobs/${id}`);

    const plot = page.getByRole("img", { name: /^Plot of data, model against x/ });
    await plot.waitFor();
    expect(await plot.getAttribute("aria-label")).toMatch(/x from 0\.85 to 6\.15; y from .* to /);
    await page.getByRole("img", { name: /^Plot of residuals against x/ }).waitFor();
    // numbers stand at the axes of y of both
    for (const place of [0, 1])
      expect(
        await page.evaluate(
          `document.querySelectorAll(".chart-place canvas")[${place}].getContext("2d").getImageData(24, 12, 20, 80).data.some((one) => one > 0)`,
        ),
      ).toBe(true);
    const rows = page.getByRole("region", { name: "Fitted parameters" }).locator("tbody tr");
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/^b\s+1\.01\s+0\.18\s+0\.87 to 1\.25\s+0\.71 to 1\.39\s+−5 to 5$/),
      expect.stringMatching(/^m\s+2\.002\s+0\.046\s+1\.946 to 2\.043\s+1\.901 to 2\.086\s+0 to 4$/),
    ]);
    expect(await page.getByText("Reduced χ² 0.68(57)").count()).toBeGreaterThan(0);
    await page.getByText("Did not converge!").waitFor();
    await opened.looksRight("bumps");

    const png = await saved("Save fit/line.dat as PNG");
    expect(png.name).toBe("line.png");
    expect(pngSize(png.bytes)[0]).toBe(1_600);
    if (process.env.HEADGATE_SHOTS) writeFileSync(path.join(process.env.HEADGATE_SHOTS, "saved-plot.png"), png.bytes);
    const csv = await saved("Save fit/line.dat as CSV");
    expect(csv.bytes.toString().split("\r\n").slice(0, 2)).toEqual([
      "x,data,error of data,model,residuals",
      expect.stringMatching(/^1,3,0\.2,3\.01443440836766,-0\.072/),
    ]);
    await page.getByRole("button", { name: "Pictures by bumps" }).click();
    const picture = page.getByRole("img", { name: /^fit\/line-corr\.png, \d+ × \d+ pixels/ });
    await picture.waitFor();
    expect(await picture.getAttribute("src")).toMatch(/^blob:/);
    expect((await opened.save("Download fit/line.par")).text).toBe("b 1.01208767109456\nm 2.0023467372731\n");
  });

  it("lets one look closer, switch curves off and take logarithmic axes by keyboard alone", async () => {
    const { page, stub } = opened;
    stub.files = left("line-dream");
    await opened.signIn(`/jobs/${id}`);
    const label = () => page.locator(".chart-place").first().getAttribute("aria-label");
    await page.getByRole("img", { name: /^Plot of data/ }).waitFor();
    const whole = await label();

    await page.getByRole("button", { name: "Zoom in" }).first().focus();
    await page.keyboard.press("Enter");
    await expect.poll(label).toMatch(/x from 2\.175 to 4\.825/);
    await page.getByRole("button", { name: "Go right" }).first().press("Enter");
    await expect.poll(label).toMatch(/x from 2\.705 to 5\.355/);
    await page.getByRole("button", { name: "Show all" }).first().press("Enter");
    await expect.poll(label).toBe(whole);
    await page.getByRole("button", { name: "log y" }).first().press("Space");
    await expect.poll(label).toContain("logarithmic");
    await page.getByRole("button", { name: "model", exact: true }).first().press("Enter");
    await expect.poll(label).toMatch(/^Plot of data against x/);
    await page.getByRole("button", { name: "The plotted values as a table" }).first().press("Enter");
    await page.getByRole("columnheader", { name: "residuals" }).waitFor();

    const box = await page.locator(".chart-place .u-over").first().boundingBox();
    if (!box) throw new Error("there is no plot");
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.52, { steps: 5 });
    await page.mouse.up();
    await expect.poll(label).toMatch(/x from 2\.1\d* to 4\.8/);
  });

  it("offers a choice where a fit has several models", async () => {
    const { page, stub } = opened;
    stub.jobs = [job({ parameters: { model: "two.py", fitter: "dream" } })];
    stub.files = left("two-dream");
    await opened.signIn(`/jobs/${id}`);
    await page.getByText("Reduced χ² 0.45(14); of all models 0.52(19)").waitFor();
    expect(await page.getByRole("region", { name: "Fitted parameters" }).locator("tbody tr").count()).toBe(5);

    await page.getByRole("button", { name: /Model 1: decay/ }).click();
    await page.getByRole("option", { name: "Model 2: line" }).click();

    await page.getByText("Reduced χ² 0.45(21); of all models 0.52(19)").waitFor();
    await page
      .getByRole("img", { name: /x from −0\.3 to 10\.3/ })
      .first()
      .waitFor();
    await opened.looksRight("bumps-two");
  });

  it("shows what there is of a fit that was cut off, and says what is missing", async () => {
    const { page, stub } = opened;
    stub.jobs = [job({ state: "failed", reason: "time-limit" })];
    stub.files = left("line-cut");
    await opened.signIn(`/jobs/${id}#results`);

    await page
      .getByText("Missing: parameters (line.par), chi square and bounds (line.err) and data and model (line.dat).")
      .waitFor();
    await page.getByRole("img", { name: /^Plot of cost against step/ }).waitFor();
    await page.getByRole("button", { name: "log y" }).click();
    await page.getByText("bumps left no fitted parameters.").waitFor();
    await opened.looksRight("bumps-cut");
  });

  it("stays usable with a table of a hundred thousand rows", async () => {
    const { page } = opened;
    const rows = Array.from(
      { length: 100_000 },
      (_, row) => `${row} ${Math.sin(row / 9_000).toFixed(4)} 0.05 ${row % 7}e-3`,
    );
    await show([text("waves.dat", `# made by a test\n# t wave dwave rest\n${rows.join("\n")}\n`)], "waves.dat");
    await page.getByRole("img", { name: /^Plot of wave, rest against t/ }).waitFor();
    await page.getByRole("tab", { name: "Table" }).click();
    const table = page.getByRole("region", { name: "Table of waves.dat: 100,000 rows, 4 columns" });
    await table.waitFor();
    expect(await table.locator("tbody tr").count()).toBeLessThan(60);
    await table.focus();
    await page.keyboard.press("End");
    await table.getByRole("rowheader", { name: "100,000", exact: true }).waitFor();

    await page.getByRole("searchbox", { name: "Find in the table" }).fill("77777");
    await page.getByText("1 of 1 rows").waitFor();
    expect(await table.locator('tr[data-found="now"]').innerText()).toMatch(/^77,778\s+77777\s+0\.7/);
    const csv = await saved("CSV");
    expect(csv.name).toBe("waves.csv");
    expect(csv.bytes.toString().split("\r\n")).toHaveLength(100_002);
    await opened.looksRight("table");
  });

  it("tells which rows of a table are ragged or cut, and shows the others", async () => {
    const { page } = opened;
    await show([text("a,b.csv", 'x,"y, in m",note\n1,2,"a ""b"""\n3,4\n5,6,c,d\n7,8')], "a,b.csv");
    await page.getByText("3 lines are not like the others").waitFor();
    await page.getByText("Line 5: the last line is cut off: it has 2 fields, not 3.").waitFor();
    await page.getByRole("tab", { name: "Table" }).click();
    await page.getByRole("columnheader", { name: "y, in m" }).waitFor();
    await page.getByRole("cell", { name: 'a "b"' }).waitFor();
    await opened.looksRight("ragged");
  });

  it("says what it sees where a file of that name is no text", async () => {
    const { page } = opened;
    const bytes = Buffer.concat([Buffer.from("1 2 3\n4 5 6"), Buffer.alloc(40), deflateSync("x".repeat(900))]);
    await show([text("points.dat", bytes), text("empty.csv", "")], "points.dat");
    await page.getByText("This is not text: NUL at byte 11.").waitFor();
    await page.getByText("00000000  31 20 32 20 33 0a 34 20 35 20 36 00").waitFor();
    expect((await opened.page.getByRole("button", { name: "Download points.dat" }).count()) > 0).toBe(true);
    await opened.looksRight("binary");
    await page.goto(`${opened.stub.origin}/jobs/${id}#files/empty.csv`);
    await page.getByText("The file is empty.").waitFor();
  });

  it("shows pictures, an SVG among them without running what is in it", async () => {
    const { page } = opened;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>window.parent.hit = 1; hit = 1</script><circle cx="20" cy="15" r="9" fill="teal"/></svg>`;
    await show([text("drawing.svg", svg), text("no.png", "this is no picture at all\n")], "drawing.svg");
    const picture = page.getByRole("img", { name: "drawing.svg, 40 × 30 pixels" });
    await picture.waitFor();
    expect(
      await page.evaluate("[document.querySelectorAll('svg circle[fill=teal]').length, typeof window.hit]"),
    ).toEqual([0, "undefined"]);
    await page.goto(`${opened.stub.origin}/jobs/${id}#files/no.png`);
    await page.getByText("this is no picture at all").waitFor();
  });

  it("opens JSON as a tree, as large as it comes, and shows as text what is no JSON", async () => {
    const { page } = opened;
    const value = {
      name: "fit",
      best: Number.NaN,
      list: Array.from({ length: 5_000 }, (_, index) => ({ index })),
      deep: { er: [1, null, true] },
    };
    const json = JSON.stringify(value).replace("null", "NaN");
    await show([text("state.json", json), text("broken.json", '{"a": [1, 2')], "state.json");
    await page.getByText("NaN and Infinity").waitFor();
    await page.getByRole("button", { name: "list: [5,000 items]" }).press("Enter");
    await page.getByRole("button", { name: "99: {1 entry}" }).waitFor();
    await page.getByRole("button", { name: "Show more of 5,000 items" }).click();
    await page.getByRole("button", { name: "150: {1 entry}" }).click();
    await page.getByText("index: 150").waitFor();
    await opened.looksRight("json");
    await page.goto(`${opened.stub.origin}/jobs/${id}#files/broken.json`);
    await page.getByText("This is not whole JSON").waitFor();
  });

  it("shows the parameters of simulations, and text of any size by pieces", async () => {
    const { page } = opened;
    const long = `${"all is well\n".repeat(60_000)}the end`;
    await show([text("gx.in", readFileSync(path.join(fixtures, "parameters/gx.in"))), text("notes.md", long)], "gx.in");
    await page.getByRole("searchbox", { name: "Find in the table" }).fill("mass");
    await page.getByRole("row", { name: /species\s+mass\s+\[ 1\.0, 0\.00027244,\]/ }).waitFor();
    await page.getByRole("button", { name: "This file as code" }).click();
    expect(await page.getByRole("region", { name: "curl" }).innerText()).toContain(`/v1/jobs/${id}/files/gx.in`);
    await page.getByRole("tab", { name: "Python" }).click();
    expect(await page.getByRole("region", { name: "Python" }).innerText()).toContain("urllib.request.urlopen(request)");
    await opened.looksRight("parameters");
    await page.goto(`${opened.stub.origin}/jobs/${id}#files/notes.md`);
    await page.getByText("Shown: the first 262 kB of 720 kB.").waitFor();
    await page.getByRole("button", { name: "Show the next 262 kB" }).click();
    await page.getByRole("button", { name: "Show the next 196 kB" }).click();
    await expect.poll(() => page.getByRole("region", { name: "Text of notes.md" }).innerText()).toMatch(/the end$/);
  });
});
