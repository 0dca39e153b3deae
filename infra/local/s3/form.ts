// A browser's multipart/form-data: the fields first, then the file as a stream.
import { S3Error } from "./errors.ts";

export type Form = {
  /** Names in lower case. */
  fields: Map<string, string>;
  file: { name: string; contentType: string | undefined; body: AsyncIterable<Buffer> } | undefined;
};

const fieldLimit = 20 * 1024;
const malformed = (what: string) =>
  new S3Error("MalformedPOSTRequest", `The body of your POST request is not well-formed multipart/form-data: ${what}.`);

/** The boundary in a content type; undefined where it is no form. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? "");
  return match?.[1] ?? match?.[2];
}

function formReader(source: AsyncIterable<Buffer>, boundary: string) {
  const iterator = source[Symbol.asyncIterator]();
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  // The first boundary has no line end before it; lending it one makes all alike.
  let held: Buffer = Buffer.from("\r\n");
  const more = async () => {
    const next = await iterator.next();
    if (next.done) throw malformed("it ends without its last boundary");
    held = Buffer.concat([held, next.value]);
  };
  const take = (length: number) => {
    const piece = held.subarray(0, length);
    held = held.subarray(length);
    return piece;
  };
  return {
    /** All before `mark`, which is taken off too. */
    async until(mark: Buffer | string, limit: number): Promise<Buffer> {
      for (;;) {
        const at = held.indexOf(mark);
        if (at > limit || (at < 0 && held.length > limit + 100)) {
          throw new S3Error(
            "MaxPostPreDataLengthExceeded",
            `Your POST request fields preceding the upload file exceeded ${fieldLimit} bytes`,
          );
        }
        if (at >= 0) {
          const piece = take(at);
          take(mark.length);
          return piece;
        }
        await more();
      }
    },
    /** What follows a boundary: true where it was the last. */
    async last(): Promise<boolean> {
      while (held.length < 2) await more();
      return take(2).toString("latin1") === "--";
    },
    async *file(): AsyncGenerator<Buffer> {
      for (;;) {
        const at = held.indexOf(delimiter);
        if (at >= 0) {
          if (at > 0) yield take(at);
          // Whatever follows the file is ignored, as S3 does.
          for (let next = await iterator.next(); !next.done; next = await iterator.next());
          return;
        }
        const safe = held.length - delimiter.length;
        if (safe > 0) yield take(safe);
        await more();
      }
    },
    delimiter,
    leave: async () => void (await iterator.return?.()),
  };
}

/** Reads up to the file and gives the rest to `use`. Throws MalformedPOSTRequest, MaxPostPreDataLengthExceeded. */
export async function readForm<T>(
  source: AsyncIterable<Buffer>,
  boundary: string,
  use: (form: Form) => Promise<T>,
): Promise<T> {
  const reader = formReader(source, boundary);
  const fields = new Map<string, string>();
  let room = fieldLimit;
  try {
    await reader.until(reader.delimiter, 2);
    while (!(await reader.last())) {
      const head = (await reader.until("\r\n\r\n", room)).toString("utf8");
      const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(head)?.[1];
      const name = /(?:^|[;\s])name="((?:[^"\\]|\\.)*)"/i.exec(disposition ?? "")?.[1];
      if (disposition === undefined || name === undefined) throw malformed("a part has no name");
      if (name.toLowerCase() === "file") {
        const filename = /(?:^|[;\s])filename="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1] ?? "";
        const contentType = /^content-type:\s*(.*)$/im.exec(head)?.[1]?.trim();
        return await use({ fields, file: { name: filename, contentType, body: reader.file() } });
      }
      const value = await reader.until(reader.delimiter, room);
      room -= head.length + value.length;
      fields.set(name.toLowerCase(), value.toString("utf8"));
    }
    return await use({ fields, file: undefined });
  } finally {
    await reader.leave();
  }
}
