// SES as far as Headgate uses it: SendEmail with simple content, each mail a file; what SES refuses is refused in its words.
import { randomUUID } from "node:crypto";
import { commonHeaders, writeEml } from "../eml-file.ts";
import type { FrontAnswer, FrontRequest } from "../iam/front-door.ts";

export type LocalSesOptions = {
  /** Where the .eml files go. */
  folder: string;
  /** Addresses and domains that SES has verified. */
  verified: readonly string[];
  region: string;
};

const mostRecipients = 50;
const mostBytes = 10 * 1024 * 1024;

/** A refusal by the names that SES gives to errors. */
class SesError extends Error {
  override name = "SesError" as const;
  readonly code: "BadRequestException" | "MessageRejected" | "NotFoundException";

  constructor(code: SesError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

type Part = { Data?: unknown; Charset?: unknown };
type Request = {
  FromEmailAddress?: unknown;
  Destination?: { ToAddresses?: unknown; CcAddresses?: unknown; BccAddresses?: unknown };
  Content?: { Simple?: { Subject?: Part; Body?: { Text?: Part; Html?: Part } } };
};

/** Answers requests that were signed and allowed. */
export function createSes(o: LocalSesOptions): (request: FrontRequest) => Promise<FrontAnswer> {
  return async ({ target, body }) => {
    try {
      if (target !== "SESv2.SendEmail") throw new SesError("NotFoundException", `${target} is not served here`);
      const id = send(JSON.parse(body.toString("utf8")) as Request, o);
      return { status: 200, body: JSON.stringify({ MessageId: id }) };
    } catch (error) {
      if (!(error instanceof SesError)) throw error;
      const status = error.code === "NotFoundException" ? 404 : 400;
      return { status, headers: { "x-amzn-errortype": error.code }, body: JSON.stringify({ message: error.message }) };
    }
  };
}

/** Checks and writes one mail; returns its id. */
function send(request: Request, { folder, verified, region }: LocalSesOptions): string {
  const { FromEmailAddress: from, Destination: { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = {} } =
    request;
  const to = addresses(ToAddresses);
  const recipients = [...to, ...addresses(CcAddresses), ...addresses(BccAddresses)];
  if (typeof from !== "string") throw new SesError("BadRequestException", "FromEmailAddress is required.");
  if (recipients.length === 0) throw new SesError("BadRequestException", "At least one recipient is required.");
  if (recipients.length > mostRecipients)
    throw new SesError("BadRequestException", `Recipient count exceeds ${mostRecipients}.`);
  for (const address of [from, ...recipients]) checkAddress(bare(address));
  const sender = bare(from);
  const domain = sender.slice(sender.lastIndexOf("@") + 1).toLowerCase();
  if (!verified.some((one) => one.toLowerCase() === domain || one === sender))
    throw new SesError(
      "MessageRejected",
      `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${sender}`,
    );

  const simple = request.Content?.Simple;
  const subject = textOf(simple?.Subject, "Subject");
  if (/[\r\n]/.test(subject)) throw new SesError("BadRequestException", "Subject must not contain CR or LF.");
  const parts = [
    ["text/plain", simple?.Body?.Text],
    ["text/html", simple?.Body?.Html],
  ] as const;
  const bodies = parts.flatMap(([type, part]) => (part ? [[type, textOf(part, type)] as const] : []));
  if (bodies.length === 0) throw new SesError("BadRequestException", "The body needs Text or Html.");
  const content = message(commonHeaders({ from, to, subject }), bodies);
  if (Buffer.byteLength(content) > mostBytes)
    throw new SesError("MessageRejected", `Message length is more than ${mostBytes} bytes long`);
  writeEml(folder, to[0] ?? recipients[0] ?? "", content);
  return randomUUID();
}

function message(headers: readonly string[], bodies: readonly (readonly [type: string, text: string])[]): string {
  const boundary = `=_${randomUUID()}`;
  const encoded = (text: string) => Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\r\n");
  const parts = bodies.flatMap(([type, text]) => [
    `--${boundary}`,
    `Content-Type: ${type}; charset=UTF-8`,
    "Content-Transfer-Encoding: base64",
    "",
    encoded(text),
  ]);
  return [
    ...headers,
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
    "",
    ...parts,
    `--${boundary}--`,
    "",
  ].join("\r\n");
}

function addresses(value: unknown): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value as string[];
  throw new SesError("BadRequestException", "addresses are a list of strings");
}

/** The address in `Name <address>`. */
const bare = (address: string): string => /^[^<>]*<([^<>]*)>$/.exec(address)?.[1] ?? address;

function checkAddress(address: string): void {
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, Math.max(0, at)), address.slice(at + 1)];
  const bad = (what: string) => new SesError("BadRequestException", what);
  if (at < 0) throw bad("Missing final '@domain'");
  if (/[\s\p{Cc}]/u.test(local)) throw bad("Local address contains control or whitespace");
  if (/[\s\p{Cc}]/u.test(domain)) throw bad("Domain contains control or whitespace");
  if (!/^[!-~]{1,64}$/.test(local)) throw bad("Local address contains illegal characters");
  if (!/^(?=.{1,255}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i.test(domain))
    throw bad(`Domain contains illegal characters or no dot: ${domain}`);
}

function textOf(part: Part | undefined, name: string): string {
  if (typeof part?.Data !== "string" || part.Data === "")
    throw new SesError("BadRequestException", `${name} is required.`);
  if ((part.Charset ?? "UTF-8") !== "UTF-8" && /\P{ASCII}/u.test(part.Data))
    throw new SesError("BadRequestException", `${name} is not in the charset ${String(part.Charset)}.`);
  return part.Data;
}
