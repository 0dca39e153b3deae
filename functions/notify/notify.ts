// The Lambda that tells people by mail of the moves that they asked to be told of.
import "../../shared/contract/no-eval.ts";
import { clock } from "../../shared/aws/clock.ts";
import { parseScale, parseSiteSettings, readEnv } from "../../shared/aws/env.ts";
import { jobTable } from "../../shared/aws/job-table.ts";
import { mailer } from "../../shared/aws/mail.ts";
import { mailTable } from "../../shared/aws/mail-table.ts";
import { openTable } from "../../shared/aws/table.ts";
import { functions } from "../../shared/functions.ts";
import { log } from "../edge/log.ts";
import { notifyAll } from "./notify-all.ts";
import type { NotifyParts } from "./parts.ts";

const env = readEnv(functions.notify.environment);
const { mailFrom } = parseSiteSettings(env.SITE_SETTINGS);
const table = openTable(env.TABLE);
const parts: NotifyParts = {
  jobs: jobTable(table),
  mails: mailTable(table),
  mailer: mailFrom === undefined ? undefined : mailer(mailFrom),
  site: { name: env.SITE_NAME, pageOrigin: env.PAGE_ORIGIN },
  scale: parseScale(env.SCALE),
  now: clock,
};

/** What could not be sent is left for the next turn; the schedule comes again by itself. */
export async function handler(): Promise<void> {
  try {
    await notifyAll(parts);
  } catch (error) {
    log({ level: "error", message: "notify stopped: the rest is left for the next turn", error });
  }
}
