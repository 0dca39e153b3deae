// A request as Python that needs nothing but the standard library.
import { addressOf, type SnippetRequest } from "./request.ts";

/** The program that sends a request to the API at `origin`; the token comes from the environment variable TOKEN. */
export function pythonFor(origin: string, request: SnippetRequest): string {
  const { method, body, idempotent, saveAs } = request;
  const headers = [
    ...(body === undefined ? [] : [`"Content-Type": "application/json"`]),
    ...(idempotent ? [`"Idempotency-Key": str(uuid.uuid4())`] : []),
  ];
  const imports = [
    ...(body === undefined && saveAs !== undefined ? [] : ["json"]),
    "os",
    "urllib.request",
    ...(saveAs === undefined ? [] : ["shutil"]),
    ...(idempotent ? ["uuid"] : []),
  ].sort();
  return [
    `import ${imports.join(", ")}`,
    "",
    ...(body === undefined ? [] : [`body = ${pythonValue(body, "")}`, ""]),
    "request = urllib.request.Request(",
    `    ${pythonText(addressOf(origin, request))},`,
    `    method="${method}",`,
    ...(headers.length === 0 ? [] : [`    headers={${headers.join(", ")}},`]),
    ...(body === undefined ? [] : ["    data=json.dumps(body).encode(),"]),
    ")",
    "# a header that does not follow a redirect: S3 refuses a signed address that comes with a token",
    `request.add_unredirected_header("Authorization", "Bearer " + os.environ["TOKEN"])`,
    "with urllib.request.urlopen(request) as answer:",
    ...(saveAs === undefined
      ? ["    text = answer.read()", "    print(json.dumps(json.loads(text), indent=2) if text else answer.status)"]
      : [`    with open(${pythonText(saveAs)}, "wb") as file:`, "        shutil.copyfileobj(answer, file)"]),
  ].join("\n");
}

/** A JSON value as a Python literal, over several lines where it is an object or a long list. */
export function pythonValue(value: unknown, indent: string): string {
  // what JSON would make of it: no undefined, no functions, dates as text
  return literal(JSON.parse(JSON.stringify(value ?? null)), indent);
}

function literal(value: unknown, indent: string): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonText(value);
  if (typeof value === "number") return pythonNumber(value);
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, inner));
    const line = `[${items.join(", ")}]`;
    if (line.length + indent.length <= 80 && !line.includes("\n")) return line;
    return `[\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}]`;
  }
  const entries = Object.entries(value as object);
  if (entries.length === 0) return "{}";
  return `{\n${entries.map(([name, item]) => `${inner}${pythonText(name)}: ${literal(item, inner)},\n`).join("")}${indent}}`;
}

// JavaScript writes large whole numbers without an exponent up to 1e21, and Python reads either form
const pythonNumber = (value: number): string => (Object.is(value, -0) ? "-0.0" : String(value));

/** A Python string literal in double quotes, ASCII but for letters: no character can end it or hide in it. */
export function pythonText(text: string): string {
  let written = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === "\\") written += `\\${character}`;
    else if (character === "\n") written += "\\n";
    else if (character === "\t") written += "\\t";
    else if (code >= 0x20 && code < 0x7f) written += character;
    else if (/^[\p{L}\p{N}\p{S}\p{P}]$/u.test(character)) written += character;
    else if (code > 0xffff) written += `\\U${code.toString(16).padStart(8, "0")}`;
    else
      written += code > 0xff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\x${code.toString(16).padStart(2, "0")}`;
  }
  return `"${written}"`;
}
