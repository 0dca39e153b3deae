// Identifiers and names that travel in addresses, keys and messages.
import * as z from "zod";

/** A ULID in Crockford's alphabet: 26 characters, upper case. */
export const ulidPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
export const Id = z.string().regex(ulidPattern, "a ULID: 26 characters of 0-9 A-Z without I, L, O, U");
export type Id = z.infer<typeof Id>;

/** A person's handle: valid in a path, a cookie and a file name. */
export const Handle = z
  .string()
  .regex(/^[a-z][a-z0-9-]{2,31}$/, "3 to 32 of a-z, 0-9 and -, a letter first")
  .refine((handle) => !reservedHandles.has(handle), "a handle that is not reserved");
const reservedHandles = new Set(["v1", "api", "site", "users", "queues"]);

/** A Unix account name as useradd accepts it by default. */
export const UnixAccount = z.string().regex(/^[a-z_][a-z0-9_-]{0,30}$/, "a Unix account name");

/** The id of a cluster, an application: short, lower case, safe in a key. */
export const Slug = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "1 to 32 of a-z, 0-9 and -, a letter first");

const utf8 = new TextEncoder();

/** Why a file name is refused, in words; undefined where it is accepted. */
export function fileNameFault(name: string): string | undefined {
  if (name === "") return "a name of at least one character";
  if (!name.isWellFormed()) return "a name in well-formed unicode";
  if (name.startsWith("/")) return "a relative name, without a leading /";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for; a newline is a legal, if odd, name
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(name)) return "a name without control characters";
  if (utf8.encode(name).length > 1000) return "a path of at most 1000 bytes";
  for (const part of name.split("/")) {
    if (part === "" || part === "." || part === "..") return "a name without empty, . or .. parts";
    if (utf8.encode(part).length > 255) return "parts of at most 255 bytes each";
  }
  return undefined;
}

/** A relative file name inside a job's folder; folders are separated by /. */
export const FileName = z.string().superRefine((name, context) => {
  const fault = fileNameFault(name);
  if (fault) context.addIssue({ code: "custom", message: fault, input: name });
});
