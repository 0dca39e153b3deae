// Mails as .eml files in a folder, where a person or a test finds them.
import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A header's value: one line, in encoded words (RFC 2047) where it is not plain ASCII. */
export function headerText(text: string): string {
  const line = text.toWellFormed().replace(/[\r\n]+/g, " ");
  if (/^[\x20-\x7e]*$/.test(line) && line.length <= 900) return line;
  const words: string[] = [];
  let word = "";
  // an encoded word has at most 75 characters, and no character is cut in two
  for (const character of line) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?UTF-8?B?${Buffer.from(one).toString("base64")}?=`).join("\r\n ");
}

/** The headers that every mail has. */
export function commonHeaders(mail: { from: string; to: readonly string[]; subject: string }): string[] {
  const line = (text: string) => text.replace(/[\r\n]+/g, " ");
  return [
    `From: ${line(mail.from)}`,
    `To: ${mail.to.map(line).join(",\r\n ")}`,
    `Subject: ${headerText(mail.subject)}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${randomUUID()}@localhost>`,
    "MIME-Version: 1.0",
  ];
}

/** Writes one mail whole and returns its path; names sort by time. */
export function writeEml(folder: string, to: string, content: string): string {
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString().replaceAll(":", "-");
  const name = `${at}-${to.replace(/[^A-Za-z0-9@._-]/g, "_").slice(0, 80)}`;
  const file = path.join(folder, `${name}-${randomUUID().slice(0, 8)}.eml`);
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}
