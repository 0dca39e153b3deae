import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { renderJob } from "../../../shared/application/applications.ts";
import { scriptText } from "../../../shared/application/script-text.ts";

it("shows a job as one script: its resources, the application's script, its own files as comments", () => {
  const rendered = renderJob({
    application: "script",
    parameters: { text: "echo 'a'\n\nrm -rf \"$HOME\"\n" },
    resources: { partition: "long", gpus: 2 },
    inputs: [],
  });
  const text = scriptText(rendered);
  const lines = text.split("\n");
  expect(lines.slice(0, 7)).toEqual([
    "#!/bin/sh",
    "#SBATCH --partition=long",
    "#SBATCH --ntasks=1",
    "#SBATCH --cpus-per-task=1",
    "#SBATCH --gres=gpu:2",
    "#SBATCH --mem=512M",
    "#SBATCH --time=30",
  ]);
  expect(text).toContain(rendered.script.trimEnd());
  expect(text.slice(text.indexOf("# ---- words.sh"))).toBe(
    `# ---- words.sh ----\n# set -- auto ../program '' ''\n\n# ---- program ----\n# echo 'a'\n#\n# rm -rf "$HOME"\n\n# ---- environment.sh ----\n# # none\n`,
  );
  // and a shell reads it as such
  execFileSync("sh", ["-n"], { input: text });
});
