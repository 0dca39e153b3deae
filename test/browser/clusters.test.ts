// The page of clusters in a real Chromium: how they stand, what they give, and what an administrator says of them.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { type BuiltPage, buildPage, type OpenedPage, openPage } from "./opened-page.ts";

describe.skipIf(!hasChromium)("the clusters", () => {
  let built: BuiltPage;
  let opened: OpenedPage;

  beforeAll(async () => {
    built = await buildPage();
  });
  afterAll(() => built?.end());
  beforeEach(async () => {
    opened = await openPage(built);
    opened.stub.clusters = [
      {
        id: "local",
        name: "Juniper",
        kind: "slurm",
        silent: false,
        heardAt: new Date().toISOString(),
        folders: { root: "{home}/headgate", keepDays: 14 },
        partitions: [
          {
            name: "short",
            default: true,
            maxMinutes: 120,
            nodes: 4,
            cpusPerNode: 16,
            memoryMbPerNode: 64_000,
            up: true,
          },
          {
            name: "gpu",
            default: false,
            maxNodes: 2,
            nodes: 8,
            cpusPerNode: 64,
            memoryMbPerNode: 256_000,
            gpusPerNode: 4,
            up: false,
            accounts: ["physics"],
          },
        ],
      },
      {
        id: "second",
        name: "Larch",
        kind: "slurm",
        silent: true,
        heardAt: "2026-01-02T03:04:05.000Z",
        silentSince: "2026-01-02T03:09:05.000Z",
        accept: "unless-silent",
      },
    ];
  });
  afterEach(async () => {
    await opened.close();
    expect(opened.faults).toEqual([]);
  });

  it("are shown with how they stand, since when one is silent, their partitions, and where jobs' folders live", async () => {
    const { page, signIn, looksRight } = opened;
    await signIn("/clusters");
    await page.getByRole("heading", { name: "Juniper" }).waitFor();
    await page.getByText("Takes jobs", { exact: true }).waitFor();
    await page.getByText("A folder for each job in ~/headgate, kept for 14 days").waitFor();
    await page.getByRole("row", { name: /short \(default\) Up 4 16 64\.0 GB – 2 h everybody/ }).waitFor();
    await page.getByRole("row", { name: /gpu Starts no jobs 8 \(at most 2 for a job\).*accounts physics/ }).waitFor();
    await page.getByText("Larch is silent").waitFor();
    await page.getByText("has been asked without an answer since").waitFor();
    await page.getByText("Larch accepts no new jobs while it is silent.").waitFor();
    await page.getByText("Silent, takes no jobs now").waitFor();
    expect(await page.getByText("For administrators").count()).toBe(0);
    await looksRight("clusters");
  });

  it("are given a notice, and closed and opened, by administrators", async () => {
    const { page, stub, signIn, looksRight } = opened;
    stub.person.roles = ["member", "admin"];
    await signIn("/clusters");
    await page.getByRole("button", { name: "For administrators: what to say of Juniper" }).press("Enter");
    await page.getByRole("textbox", { name: "Notice" }).fill("New cooling until Friday.");
    await page.getByRole("radio", { name: "Never" }).check();
    await looksRight("clusters-admin");
    await page.getByRole("button", { name: "Save" }).press("Enter");
    await page.getByText("What is said of Juniper was changed.").waitFor();
    await page.getByText("Juniper accepts no new jobs now").first().waitFor();
    expect(stub.clusters[0]).toMatchObject({ notice: "New cooling until Friday.", accept: "never" });

    await page.getByRole("textbox", { name: "Notice" }).fill("");
    await page.getByRole("radio", { name: "Always" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => stub.clusters[0]?.notice).toBeUndefined();
    await page.getByText("Juniper accepts no new jobs now").first().waitFor({ state: "detached" });
  });
});
