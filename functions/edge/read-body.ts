// A request's body as JSON: bounded, well formed, and without keys that reach prototypes.
import { GatewayError, shortened } from "../../shared/contract/problem.ts";

/** The largest body (bytes). */
export const maxBodyBytes = 1_048_576;
const maxDepth = 64;
const refusedKeys = new Set(["__proto__", "constructor", "prototype"]);

/** Throws `body-too-large`, `unsupported-media-type`, `malformed-json` or `invalid-request`. */
export function readJsonBody(event: {
  body?: string | undefined;
  isBase64Encoded: boolean;
  contentType: string | undefined;
}): unknown {
  const type = event.contentType?.split(";")[0]?.trim().toLowerCase();
  if (type !== undefined && type !== "application/json" && !type.endsWith("+json")) {
    throw new GatewayError("unsupported-media-type", `the body is ${shortened(type)}; accepted is application/json`);
  }
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > maxBodyBytes) {
    throw new GatewayError(
      "body-too-large",
      `the body has ${bytes.length} bytes; accepted are at most ${maxBodyBytes}`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message.slice(0, 200) : "it is not UTF-8";
    throw new GatewayError("malformed-json", `the body is not JSON: ${why}`);
  }
  checkTree(value);
  return value;
}

/** Walks without recursion: a body may be nested deeper than the stack. */
function checkTree(root: unknown): void {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: "", depth: 0 }];
  for (let at = open.pop(); at; at = open.pop()) {
    const { value, path, depth } = at;
    if (typeof value === "string" && !value.isWellFormed()) refuse(path, undefined, "text in well-formed unicode");
    if (value === null || typeof value !== "object") continue;
    if (depth >= maxDepth)
      refuse(path.split(".").slice(0, 4).join("."), undefined, `nesting of at most ${maxDepth} levels`);
    for (const [key, inner] of Object.entries(value)) {
      if (refusedKeys.has(key)) refuse(path === "" ? key : `${path}.${key}`, inner, "another name for this field");
      if (!key.isWellFormed()) refuse(path, undefined, "names in well-formed unicode");
      open.push({ value: inner, path: path === "" ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
}

function refuse(field: string, value: unknown, accepted: string): never {
  const shown = shortened(value);
  throw new GatewayError("invalid-request", `${field || "the body"} is not accepted: ${accepted}`, {
    issues: [{ field, ...(shown === undefined ? {} : { value: shown }), accepted }],
  });
}
