// The command that starts an account's process. Its part of the program is unpacked beside the bundle: small as it is, it
// starts in half the time.
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "./config.ts";

/** The text of account.ts, bundled; infra/bundle.ts puts it in. */
declare const ACCOUNT_PROGRAM: string | undefined;

/** The words that start the process: the unpacked part, or the whole bundle where the home cannot be written. */
export function accountCommand(settings: Pick<Settings, "home" | "bundle" | "node">): string[] {
  const node = settings.node ?? process.execPath;
  const file = join(settings.home, "account.mjs");
  const text = typeof ACCOUNT_PROGRAM === "undefined" ? undefined : ACCOUNT_PROGRAM;
  return text !== undefined && unpack(file, text) ? [node, file] : [node, settings.bundle, "account"];
}

/** Whether the file holds that text, written now if it did not. */
function unpack(file: string, text: string): boolean {
  try {
    if (readFileSync(file, "utf8") === text) return true;
  } catch {
    // not there yet
  }
  const fresh = `${file}.${process.pid}`;
  try {
    writeFileSync(fresh, text, { flag: "wx" });
    chmodSync(fresh, 0o644);
    renameSync(fresh, file);
    return true;
  } catch {
    rmSync(fresh, { force: true });
    return false;
  }
}
