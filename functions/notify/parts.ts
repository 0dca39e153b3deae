// What notify works with.
import type { JobTable } from "../../shared/aws/job-table.ts";
import type { Mailer } from "../../shared/aws/mail.ts";
import type { MailTable } from "../../shared/aws/mail-table.ts";
import type { Site } from "./job-mail.ts";

export type NotifyParts = {
  jobs: Pick<JobTable, "get" | "change" | "ofPerson">;
  mails: MailTable;
  /** Undefined where the site sends no mail: what is due waits, and is given up when it is old. */
  mailer: Mailer | undefined;
  site: Site;
  /** Divides all waiting times. */
  scale: number;
  now: () => Date;
};
