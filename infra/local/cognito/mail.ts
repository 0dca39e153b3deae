// Mails that Cognito would send, as .eml files in a folder.
import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes one mail whole and returns its path; names sort by time. */
export function writeMail(folder: string, mail: { to: string; subject: string; text: string }): string {
  mkdirSync(folder, { recursive: true });
  const now = new Date();
  const plain = (text: string) => text.replace(/[\r\n]+/g, " ");
  const word = (text: string) =>
    /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
  const content = [
    "From: no-reply@verificationemail.com",
    `To: ${plain(mail.to)}`,
    `Subject: ${word(plain(mail.subject))}`,
    `Date: ${now.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${randomUUID()}@localhost>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    mail.text.replace(/\r?\n/g, "\r\n"),
    "",
  ].join("\r\n");
  const name = `${now.toISOString().replaceAll(":", "-")}-${mail.to.replace(/[^A-Za-z0-9@._-]/g, "_").slice(0, 80)}`;
  const file = path.join(folder, `${name}-${randomUUID().slice(0, 8)}.eml`);
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}
