// What a function prints, in a file of its own, each line under the request that printed it.
import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";

export type FunctionLog = {
  write(requestId: string | undefined, text: string): void;
};

const limit = 20 * 1024 * 1024;

/** Opens `<folder>/<name>.log` for appending; a file over 20 MB is put aside as `.1`. */
export function openFunctionLog(folder: string, name: string): FunctionLog {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.log`);
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return {
    write: (requestId, text) => {
      const lines = text.replace(/\n$/, "").split("\n");
      const block = lines.map((line) => `${new Date().toISOString()} ${requestId ?? "-"} ${line}\n`).join("");
      if (size > limit) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, block);
      size += Buffer.byteLength(block);
    },
  };
}
