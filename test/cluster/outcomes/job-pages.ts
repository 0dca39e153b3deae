// One browser, signed in once: what the page says of a job.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { faultsOf, launchChromium } from "../../browser/chromium.ts";
import type { LocalStack } from "../../journey/local-stack.ts";

export type JobPages = {
  /** Opens a job's page and reads it once the words are there that say how it stands. One at a time, in order of asking. */
  see(id: string, standing: RegExp | string): Promise<SeenJob>;
  /** Does as it likes with the page of a job. */
  visit<T>(id: string, look: (page: Page) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** What stands there for a person to read. */
export type SeenJob = {
  /** Badge and sentence. */
  standing: string;
  /** "" where none is told. */
  likely: string;
  /** The cluster's own words; "" where none are shown. */
  detail: string;
  /** All that is said before the tabs. */
  above: string;
  timeline: string[];
  /** What the console complained of. */
  faults: string[];
};

/** Starts Chromium and signs alice in. */
export async function openJobPages(stack: LocalStack): Promise<JobPages> {
  const browser: Browser = await launchChromium();
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  // a busy machine answers 503 now and then, and the page asks again
  const faults = faultsOf(page, "Failed to load resource");
  const alice = stack.local.users.find((user) => user.handle === "alice");
  await page.goto(stack.local.page);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("E-mail").fill(alice?.email ?? "");
  await page.getByLabel("Password").fill(alice?.password ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "alice", exact: true }).waitFor();

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
  const visit = <T>(id: string, look: (page: Page) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      await page.goto(`${stack.local.page}/jobs/${id}#timeline`);
      await page.locator(".standing").waitFor();
      return await look(page);
    });
  return {
    visit,
    see: (id, standing) =>
      visit(id, async () => {
        await page.locator(".standing").filter({ hasText: standing }).waitFor();
        await page.locator(".timeline li").first().waitFor();
        await allIsLoaded(page);
        const textOf = async (selector: string) => (await page.locator(selector).allInnerTexts()).join("\n");
        const above = (await textOf(".job")).split(await textOf(".job-tabs"))[0] ?? "";
        return {
          standing: await textOf(".standing"),
          likely: await textOf(".likely"),
          detail: await textOf(".job-detail"),
          above,
          timeline: await page.locator(".timeline li").allInnerTexts(),
          faults: faults.splice(0),
        };
      }),
    close: () => browser.close(),
  };
}

/** The last words of a failed job come after it, when its files are known. */
async function allIsLoaded(page: Page): Promise<void> {
  const loads = `[...document.querySelectorAll(".job *")].some((one) => one.childElementCount === 0 && /^Loading/.test(one.textContent))`;
  for (let looks = 0; looks < 300; looks += 1) {
    // by the debugger, since the page's policy admits no foreign script
    if (!(await page.evaluate<boolean>(loads))) return;
    await page.waitForTimeout(100);
  }
  throw new Error("the page goes on loading for 30 s");
}
