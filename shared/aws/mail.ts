// Mail by SES: it makes the MIME message of subject, text and HTML, so that no header is ever put together here.
import type { SESv2Client } from "@aws-sdk/client-sesv2";
import { GatewayError } from "../contract/problem.ts";
import { errorName, errorStatus, serviceFault } from "./fault.ts";

/** One mail; the subject is one line. */
export type Mail = { to: readonly string[]; subject: string; text: string; html: string };
/** SES took it, or refused this very mail, in its words without addresses. */
export type Sending = { sent: true } | { sent: false; refusal: string };
export type Mailer = { send(mail: Mail): Promise<Sending> };

/** What is wrong with one mail and would be again; anything else concerns all of them. */
const refusals = new Set(["MessageRejected", "BadRequestException"]);
/** Too fast, or more than a day's share. */
const throttles = new Set(["TooManyRequestsException", "LimitExceededException", "InternalServiceErrorException"]);

/**
 * Mail from that address, of which SES must have verified an identity.
 * send throws GatewayError: `unavailable` where trying later may help, `internal` where an operator must do something.
 */
export function mailer(from: string, client?: Pick<SESv2Client, "send">): Mailer {
  let opened = client;
  return {
    send: async ({ to, subject, text, html }) => {
      const utf8 = (data: string) => ({ Data: data, Charset: "UTF-8" });
      try {
        const { SendEmailCommand, SESv2Client } = await import("./ses.ts");
        opened ??= new SESv2Client({});
        await opened.send(
          new SendEmailCommand({
            FromEmailAddress: from,
            Destination: { ToAddresses: [...to] },
            Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } } },
          }),
        );
        return { sent: true };
      } catch (error) {
        if (refusals.has(errorName(error))) return { sent: false, refusal: withoutAddresses(error) };
        if (throttles.has(errorName(error)) || errorStatus(error) === 429)
          throw new GatewayError("unavailable", `SES takes no more for now: ${errorName(error)}`, { cause: error });
        throw serviceFault("SES", error);
      }
    },
  };
}

function withoutAddresses(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`.replaceAll(/[^\s,;:<>"']+@[^\s,;:<>"']+/g, "<address>").slice(0, 500);
}
