// A new job in a real Chromium: filled by mouse, by keyboard, as JSON and as a text.
import path from "node:path";
import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { newJobBench } from "./new-job-bench.ts";

describe.skipIf(!hasChromium)("a new job", () => {
  const bench = newJobBench();

  it("is filled by mouse: a folder is dropped, faults are told at their fields, the script follows, it is submitted", async () => {
    const { page, stub, folder, open, drop, choose, standing, focused, looksRight } = bench();
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
    const { page, stub, folder, open, standing, focused, tabTo } = bench();
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
    const { page, stub, open, add, choose, write, standing, looksRight } = bench();
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
      version: "2",
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
    const { page, stub, open, standing, looksRight } = bench();
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

  it("says that there is no such application", async () => {
    const { page, open } = bench();
    await open("/apps/nothing/new");
    await page.getByRole("heading", { name: "There is no such application" }).waitFor();
  });
});
