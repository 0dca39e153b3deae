// Mails that Cognito would send, as .eml files in a folder.
import { commonHeaders, writeEml } from "../eml-file.ts";

/** Writes one mail whole and returns its path; names sort by time. */
export function writeMail(folder: string, mail: { to: string; subject: string; text: string }): string {
  const content = [
    ...commonHeaders({ from: "no-reply@verificationemail.com", to: [mail.to], subject: mail.subject }),
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    mail.text.replace(/\r?\n/g, "\r\n"),
    "",
  ].join("\r\n");
  return writeEml(folder, mail.to, content);
}
