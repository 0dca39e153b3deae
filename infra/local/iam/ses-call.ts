// SES's requests as IAM sees them. Its API is REST: what is asked for stands in method and path.
import { type Body, type DerivedCall, type Place, textOf, UnknownOperation } from "./derived-call.ts";

/** The operation of a method and path; "" for any other than the one that is served here. */
export const sesOperation = (method: string, path: string): string =>
  method === "POST" && path === "/v2/email/outbound-emails" ? "SendEmail" : "";

/** The calls to judge for one request: sending, from the identity of the sender's domain. Throws UnknownOperation. */
export function sesCalls(operation: string, body: Body, { region, account }: Place): DerivedCall[] {
  if (operation !== "SendEmail") throw new UnknownOperation(`the operation ${operation} of SES is not served here`);
  const from = textOf(body, "FromEmailAddress", operation);
  const address = /<([^<>]*)>$/.exec(from)?.[1] ?? from;
  const domain = address.slice(address.lastIndexOf("@") + 1);
  const identity = `arn:aws:ses:${region}:${account}:identity/${domain}`;
  return [{ action: "ses:SendEmail", resources: [identity], context: { "ses:FromAddress": address } }];
}
