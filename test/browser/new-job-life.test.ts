// A new job in a real Chromium: what is to happen when it ends or fails, on which cluster, and where the person goes then.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { newJobBench } from "./new-job-bench.ts";

describe.skipIf(!hasChromium)("the whole life of a new job", () => {
  const bench = newJobBench();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  /** A page elsewhere that sends people here and has them back. */
  async function elsewhere(): Promise<string> {
    const server = createServer((_, response) =>
      response.setHeader("content-type", "text/html").end("<h1>Beam line</h1>"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("is tried again and told of by mail as it was asked for, in form, JSON, curl and Python", async () => {
    const { page, stub, open, add, choose, standing, looksRight } = bench();
    await open("/apps/bumps/new");
    await add({ "line.py": "x" });
    await standing("Ready to be submitted").waitFor();
    await page.getByLabel("The node that it runs on fails").waitFor();
    expect(await page.getByLabel("The node that it runs on fails").isChecked()).toBe(true);
    expect(await page.getByLabel("It runs out of memory").count()).toBe(0);
    await choose(page.getByLabel("Try again by itself"), "At most 3 times");
    await page.getByLabel("It runs into its time limit").check();
    await page.getByLabel("has succeeded").check();
    await page.getByRole("button", { name: "Remove the address alice@example.org" }).waitFor();
    await page.getByLabel("New address").fill("bob@example.org, not an address");
    await page.getByRole("button", { name: "Add the address" }).click();
    await standing('To be mended: the address "not"').waitFor();
    await looksRight("new-job-life");
    await page.getByRole("button", { name: "Remove the address not" }).click();
    await page.getByRole("button", { name: "Remove the address an" }).click();
    await page.getByRole("button", { name: "Remove the address address" }).click();
    // pasted, with the comma that ends it
    await page.getByLabel("New address").fill("carol@example.org,");
    await page.getByRole("button", { name: "Remove the address carol@example.org" }).click();
    await standing("Ready to be submitted").waitFor();
    await page.getByLabel("has failed").check();
    await page.getByRole("tab", { name: "curl" }).click();
    await page.getByText('"limit": 3').waitFor();
    await page.getByRole("tab", { name: "headgate" }).click();
    await page.getByText("--mail=alice@example.org,bob@example.org").waitFor();
    await page.getByText("--retry=3").waitFor();
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    await page.locator(".cm-content").getByText('"bob@example.org"').waitFor();
    await page.reload();
    await page.getByText("This is your draft").waitFor();
    expect(await page.getByLabel("It runs into its time limit").isChecked()).toBe(true);
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\/01JB/);
    expect(stub.submitted[0]?.body).toMatchObject({
      retry: { limit: 3, on: expect.arrayContaining(["node-failure", "preempted", "time-limit"]) },
      mail: { to: ["alice@example.org", "bob@example.org"], on: ["succeeded", "failed"] },
    });
  });

  it("offers no mail where the site sends none, and writes nothing of what is the default", async () => {
    const { page, stub, open, add, choose, standing } = bench();
    stub.mail = false;
    await open("/apps/bumps/new");
    await add({ "line.py": "x" });
    await standing("Ready to be submitted").waitFor();
    expect(await page.getByText("Send a mail when it").count()).toBe(0);
    await choose(page.getByLabel("Try again by itself"), "Never");
    await page.getByRole("tab", { name: "curl" }).click();
    await page.getByText('"limit": 0').waitFor();
    await choose(page.getByLabel("Try again by itself"), "At most 2 times");
    await page.getByText('"limit": 0').waitFor({ state: "detached" });
    expect(await page.getByText('"retry"').count()).toBe(0);
  });

  it("is held to what each cluster's partitions give, to whom, and whether they start jobs", async () => {
    const { page, stub, open, add, choose, standing, looksRight } = bench();
    stub.clusters = [
      {
        ...stub.clusters[0],
        id: "local",
        name: "Juniper",
        kind: "slurm",
        silent: false,
        partitions: [
          { name: "short", default: true, nodes: 4, cpusPerNode: 16, memoryMbPerNode: 64_000, maxNodes: 2, up: true },
          {
            name: "gpu",
            default: false,
            nodes: 8,
            cpusPerNode: 64,
            memoryMbPerNode: 256_000,
            gpusPerNode: 4,
            up: true,
            accounts: ["physics", "chemistry"],
            qos: ["normal", "long"],
          },
          { name: "late", default: false, nodes: 4, cpusPerNode: 16, memoryMbPerNode: 64_000, up: false },
        ],
      },
      { id: "second", name: "Larch", kind: "slurm", silent: true, heardAt: "2026-01-02T03:04:05.000Z" },
      { id: "third", name: "Yew", kind: "slurm", silent: false, accept: "never", notice: "New cooling until Friday." },
    ];
    stub.person.accounts = { local: "alice", third: "alice" };
    await open("/apps/bumps/new");
    await add({ "line.py": "x" });
    const nodes = page.getByRole("textbox", { name: "Nodes", exact: true });
    await nodes.fill("3");
    await page.getByText("Accepted is at most 2 nodes on partition short.", { exact: true }).waitFor();
    await nodes.fill("2");
    await choose(page.getByLabel("Partition"), "late");
    await page.getByText("The partition late starts no jobs now").waitFor();
    await standing("To be mended: partition is").waitFor();
    await choose(page.getByLabel("Partition"), "gpu");
    await page.getByLabel("GPUs per node").fill("5");
    await page.getByText("Accepted is at most 4 GPUs per node on partition gpu.", { exact: true }).waitFor();
    await page.getByLabel("GPUs per node").fill("4");
    await choose(page.getByLabel("Account", { exact: true }), "chemistry");
    await standing("Ready to be submitted").waitFor();
    await looksRight("new-job-partition");

    await choose(page.getByRole("button", { name: /^Cluster / }), "Larch");
    await page.getByText("You have no Unix account on Larch yet", { exact: true }).waitFor();
    await choose(page.getByRole("button", { name: /^Cluster / }), "Yew");
    await page.getByText("Yew accepts no new jobs now").first().waitFor();
    await standing("To be mended: cluster is").waitFor();
    await looksRight("new-job-closed");
    await page.getByRole("button", { name: "Submit" }).click();
    expect(stub.submitted).toEqual([]);
    await choose(page.getByRole("button", { name: /^Cluster / }), "Juniper");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\/01JB/);
    expect(stub.submitted[0]?.body).toMatchObject({
      cluster: "local",
      resources: { partition: "gpu", gpus: 4, account: "chemistry" },
    });
  });

  it("goes back to the page that a person came from, with the job, and says so before", async () => {
    const { page, stub, open, add, standing, looksRight } = bench();
    const there = await elsewhere();
    stub.returnOrigins = [there];
    await open(`/apps/bumps/new?return=${encodeURIComponent(`${there}/runs?beam=7%20a&job=old`)}`);
    await page.getByText(`After submitting you are sent back to ${there}`).waitFor();
    await add({ "line.py": "x" });
    await standing("Ready to be submitted").waitFor();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByText(`going back to ${there}`).first().waitFor();
    expect(await page.getByRole("link", { name: "Stay here and see the job" }).getAttribute("href")).toBe(
      `/jobs/${stub.jobs[0]?.id}`,
    );
    await page.waitForURL(`${there}/**`);
    const { searchParams } = new URL(page.url());
    expect([...searchParams]).toEqual([
      ["beam", "7 a"],
      ["job", stub.jobs[0]?.id],
      ["state", "submitted"],
    ]);

    await page.goto(`${stub.origin}/apps/bumps/new?return=${encodeURIComponent(`${there}/runs`)}`);
    await add({ "line.py": "x" });
    await standing("Ready to be submitted").waitFor();
    // what is elsewhere does not answer: there is time to look
    await page.route(`${there}/**`, (route) => route.abort("aborted"));
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByText("going back to").first().waitFor();
    await looksRight("new-job-going-back");
    await page.getByRole("link", { name: "Stay here and see the job" }).click();
    await page.waitForURL(/\/jobs\/01JB/);
  });

  it("stays here where the way back is not one that the operator lists", async () => {
    const { page, stub, open, add, standing, looksRight } = bench();
    stub.returnOrigins = ["https://good.example"];
    for (const [place, address] of [
      "//evil.example",
      "https://good.example.evil.example/",
      "https://good.example@evil.example/",
      "https://evil.example\\@good.example/",
      "javascript:alert(document.domain)//https://good.example",
      "/jobs",
    ].entries()) {
      const where = `/apps/bumps/new?return=${encodeURIComponent(address)}`;
      if (place === 0) await open(where);
      else await page.goto(stub.origin + where);
      await page.getByText("The return address is not allowed").waitFor();
    }
    await looksRight("new-job-no-return");
    await add({ "line.py": "x" });
    await standing("Ready to be submitted").waitFor();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/jobs\/01JB/);
    await page.waitForTimeout(6_000);
    expect(page.url()).toBe(`${stub.origin}/jobs/${stub.jobs[0]?.id}`);
  });
});
