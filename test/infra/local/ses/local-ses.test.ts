// Mail from the gateway's own adapter by the real SDK through the front door into a file, read by a mail reader's parser.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type FrontDoor, startFrontDoor } from "../../../../infra/local/iam/front-door.ts";
import { createJudge, type Principal, type UsageEntry } from "../../../../infra/local/iam/judge.ts";
import { createSes } from "../../../../infra/local/ses/local-ses.ts";
import { type Mail, mailer } from "../../../../shared/aws/mail.ts";

const region = "eu-west-1";
const from = "headgate@example.org";
const principal = (name: string, condition: string): Principal => ({
  name,
  accessKeyId: `LOCAL${name.toUpperCase().padEnd(16, "X")}`,
  secretAccessKey: `secret of ${name}`,
  sessionToken: `token of ${name}`,
  role: `${name}Role`,
  policies: [
    {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "ses:SendEmail",
          Resource: ["example.org", from].map((name) => `arn:aws:ses:${region}:000000000000:identity/${name}`),
          Condition: { StringEquals: { "ses:FromAddress": condition } },
        },
      ],
    },
  ],
  judged: true,
});
const notify = principal("notify", from);
const entries: UsageEntry[] = [];
const folder = mkdtempSync(path.join(tmpdir(), "ses-"));
let door: FrontDoor;
let client: SESv2Client;

beforeAll(async () => {
  const judge = createJudge({ principals: [notify], record: (entry) => entries.push(entry) });
  const upstream = createSes({ folder, verified: ["example.org"], region });
  door = await startFrontDoor({ service: "ses", port: 0, upstream, judge, region, account: "000000000000" });
  const { accessKeyId, secretAccessKey, sessionToken } = notify;
  client = new SESv2Client({
    region,
    endpoint: door.url,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
});
afterAll(async () => {
  client.destroy();
  await door.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (mail: Partial<Mail> = {}, sender = from) =>
  mailer(sender, client).send({ to: ["a@example.com"], subject: "s", text: "t", html: "<p>t</p>", ...mail });
const files = () => readdirSync(folder).map((name) => readFileSync(path.join(folder, name)));
async function onlyMail() {
  const all = files();
  expect(all).toHaveLength(1);
  return await PostalMime.parse(all[0] ?? "");
}

it("arrives whole, with both bodies and every recipient", async () => {
  const text = `Größe\n${"long ".repeat(400)}\n.\n`;
  expect(await send({ to: ["a@example.com", "b@example.com"], subject: "fit ended", text })).toEqual({ sent: true });
  const mail = await onlyMail();
  expect(mail.from?.address).toBe(from);
  expect(mail.to?.map(({ address }) => address)).toEqual(["a@example.com", "b@example.com"]);
  expect(mail).toMatchObject({ subject: "fit ended", html: expect.stringContaining("<p>t</p>") });
  expect(mail.text?.replaceAll("\r\n", "\n").trimEnd()).toBe(text.trimEnd());
  expect(entries.at(-1)).toMatchObject({ allowed: true, action: "ses:SendEmail" });
});

it.each(["日本語のジョブ ".repeat(12).trim(), "=?UTF-8?B?eA==?=x ü", "naïve 🔬".repeat(20), "a: b; c <d@e>"])(
  "keeps the subject %j",
  async (subject) => {
    await send({ subject });
    const raw = files()[0]?.toString() ?? "";
    const longest = Math.max(
      ...raw
        .slice(0, raw.indexOf("\r\n\r\n"))
        .split("\r\n")
        .map((line) => line.length),
    );
    expect(longest).toBeLessThanOrEqual(120);
    expect((await onlyMail()).subject).toBe(subject);
  },
);

it.each<[string, Partial<Mail>, string]>([
  ["a subject of two lines", { subject: "a\r\nBcc: thief@example.com" }, "BadRequestException"],
  ["an address without domain", { to: ["alice"] }, "Missing final '@domain'"],
  ["an address with a newline", { to: ["a@example.com\nBcc: b@example.com"] }, "Local address contains control"],
  ["a domain without a dot", { to: ["a@b"] }, "Domain contains illegal characters"],
  ["no recipient", { to: [] }, "At least one recipient"],
  ["over 50 recipients", { to: Array.from({ length: 51 }, (_, n) => `a${n}@example.com`) }, "exceeds 50"],
  ["no text", { text: "", html: "" }, "is required"],
])("refuses %s", async (_what, mail, words) => {
  const sending = await send(mail);
  expect(sending).toMatchObject({ sent: false, refusal: expect.stringContaining(words) });
  expect(files()).toEqual([]);
});

it("keeps addresses out of what a refusal says", async () => {
  const words = JSON.stringify(await send({ to: ["alice@secret.example", "x"] }));
  expect(words).not.toContain("secret.example");
});

it("lets nobody send in another's name: IAM's word comes before SES's", async () => {
  await expect(send({}, "boss@example.org")).rejects.toThrow(/internal|AccessDenied/);
  await expect(send({}, "headgate@elsewhere.example")).rejects.toThrow(/AccessDenied/);
  expect(files()).toEqual([]);
});

it("refuses a sender that it has not verified, without naming it in the log's words", async () => {
  const unverified = await startFrontDoor({
    service: "ses",
    port: 0,
    upstream: createSes({ folder, verified: [], region }),
    judge: createJudge({ principals: [notify], record: () => {} }),
    region,
    account: "000000000000",
  });
  const { accessKeyId, secretAccessKey, sessionToken } = notify;
  const own = new SESv2Client({
    region,
    endpoint: unverified.url,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
  });
  const sending = await mailer(from, own).send({ to: ["a@example.com"], subject: "s", text: "t", html: "t" });
  expect(sending).toEqual({
    sent: false,
    refusal:
      "MessageRejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: <address>",
  });
  own.destroy();
  await unverified.close();
});
