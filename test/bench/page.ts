// What each page of the site loads and how soon it can be used on a slow machine, beside an empty page of the same server.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Job } from "../../shared/contract/job.ts";
import { type Stub, startStub } from "../browser/stub-cloud.ts";
import { median, spread } from "./median.ts";

const rounds = 5;
const slower = 4;
const root = path.resolve(import.meta.dirname, "../..");
const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";

/** `usable`: what is there once a person can do something. `atMost`: kB of JavaScript and CSS, compressed. */
type Measured = { name: string; path: string; usable: string; signedOut?: true; atMost?: number };

const measured: readonly Measured[] = [
  { name: "(empty page)", path: "/empty.html", usable: "h1", signedOut: true },
  { name: "shell, signed out", path: "/", usable: "#content button", signedOut: true, atMost: 350 },
  { name: "home", path: "/", usable: `a[href="/jobs/${id}"]` },
  { name: "jobs", path: "/jobs", usable: `a[href="/jobs/${id}"]` },
  { name: "job", path: `/jobs/${id}`, usable: "#content h1" },
  { name: "applications", path: "/apps", usable: "#content h1" },
  { name: "new job", path: "/apps/bumps/new", usable: "#content input", atMost: 600 },
  { name: "account", path: "/account", usable: "#content table" },
];

const kinds = ["js", "css", "woff2"] as const;
type Load = { requests: number } & Record<(typeof kinds)[number], { raw: number; gzip: number }>;

/** Prints, per route, what is loaded and the median time until it can be used, on a CPU slowed down four times. */
export async function page(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-page-"));
  const built = path.join(folder, "page");
  const vite = path.join(root, "node_modules/.bin/vite");
  const config = path.join(root, "web/page/vite.config.ts");
  execFileSync(vite, ["build", "--config", config, "--outDir", built, "--emptyOutDir"], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  writeFileSync(path.join(built, "empty.html"), "<!doctype html><title>Empty</title><h1>Empty</h1>");
  const stub = await startStub(built);
  stub.jobs = manyJobs();
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  try {
    const session = await sessionOf(browser, stub);
    const results = measured.map((route) => ({ route, times: [] as number[], load: undefined as Load | undefined }));
    // turn by turn, so that a slow moment of the machine falls upon all
    for (let round = 0; round < rounds; round += 1)
      for (const result of results) {
        const { ms, load } = await visit(browser, stub, result.route, session);
        result.times.push(ms);
        result.load ??= load;
      }
    const base = median(results[0]?.times ?? []);
    console.log(`medians of ${rounds} (least-most), CPU ${slower} x slower, nothing cached; kB raw/gzip of each kind`);
    console.log(`${"".padEnd(20)}requests    JavaScript          CSS        fonts  JS+CSS gzip   usable after`);
    for (const { route, times, load } of results) if (load) console.log(line(route, times, load, base));
  } finally {
    await browser.close();
    stub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function line(route: Measured, times: readonly number[], load: Load, base: number): string {
  const kb = (bytes: number) => (bytes / 1_000).toFixed(0);
  const both = (kind: (typeof kinds)[number]) => `${kb(load[kind].raw)}/${kb(load[kind].gzip)}`;
  const shown = load.js.gzip + load.css.gzip;
  const aim =
    route.atMost === undefined ? "" : shown <= route.atMost * 1_000 ? ` <= ${route.atMost}` : ` > ${route.atMost}!`;
  return [
    route.name.padEnd(20),
    String(load.requests).padStart(8),
    both("js").padStart(14),
    both("css").padStart(13),
    both("woff2").padStart(13),
    `${kb(shown)}${aim}`.padStart(13),
    `   ${spread(times, "ms")}, ${(median(times) - base).toFixed(0)} ms over the empty page`,
  ].join("");
}

async function visit(browser: Browser, stub: Stub, route: Measured, session: string) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  const tab = await context.newPage();
  tab.setDefaultTimeout(60_000);
  const devtools = await context.newCDPSession(tab);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: slower });
  if (!route.signedOut)
    await tab.addInitScript(`for (const [k, v] of Object.entries(${session})) sessionStorage.setItem(k, v)`);
  await tab.addInitScript(`
    const look = () => {
      if (document.querySelector(${JSON.stringify(route.usable)})?.checkVisibility()) window.usableAfter = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);`);
  const load: Load = { requests: 0, js: { raw: 0, gzip: 0 }, css: { raw: 0, gzip: 0 }, woff2: { raw: 0, gzip: 0 } };
  const reading = watch(tab, load);
  await tab.goto(stub.origin + route.path);
  await tab.locator(route.usable).first().waitFor();
  const ms = await tab.evaluate<number>(
    "new Promise((resolve) => setInterval(() => window.usableAfter === undefined || resolve(window.usableAfter), 20))",
  );
  await tab.waitForTimeout(1_000);
  await Promise.all(reading);
  await context.close();
  return { ms, load };
}

/** Adds up what comes; compressed as CloudFront would, fonts as they are. */
function watch(tab: Page, load: Load): Promise<void>[] {
  const reading: Promise<void>[] = [];
  tab.on("requestfinished", (request) => {
    load.requests += 1;
    const kind = kinds.find((one) => new URL(request.url()).pathname.endsWith(`.${one}`));
    if (!kind) return;
    const read = async () => {
      const bytes = await (await request.response())?.body().catch(() => undefined);
      load[kind].raw += bytes?.length ?? 0;
      load[kind].gzip += kind === "woff2" ? (bytes?.length ?? 0) : gzipSync(bytes ?? "").length;
    };
    reading.push(read());
  });
  return reading;
}

/** Signs in once and returns what the tab keeps of it, as JSON. */
async function sessionOf(browser: Browser, stub: Stub): Promise<string> {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(stub.origin);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.getByRole("button", { name: "alice" }).waitFor();
  const session = await tab.evaluate<string>("JSON.stringify(sessionStorage)");
  await context.close();
  return session;
}

function manyJobs(): Job[] {
  return Array.from({ length: 1_000 }, (_, index): Job => {
    const at = new Date(Date.now() - index * 3_600_000).toISOString();
    return {
      id: index === 0 ? id : `01JD8Z8Z8Z8Z8Z8Z8Z${String(index).padStart(8, "0")}`,
      application: "bumps",
      version: "1",
      cluster: "local",
      name: `Fit ${index}`,
      state: "succeeded",
      attempt: 1,
      parameters: { model: "line.py" },
      resources: { nodes: 1 },
      inputs: [],
      results: { state: "available", files: 4, bytes: 12_345 },
      account: "alice",
      createdAt: at,
      changedAt: at,
      startedAt: at,
      endedAt: at,
    };
  });
}
