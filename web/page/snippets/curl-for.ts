// A request as a curl command for a POSIX shell, the token in a variable.
import { quote } from "../../../shared/shell/quote.ts";
import { addressOf, bodyText, type SnippetRequest } from "./request.ts";

/**
 * The command that sends a request to the API at `origin`, to be pasted into a shell where $TOKEN holds an API token.
 * Whatever the request holds, the shell passes it on as it is. Throws for what no Unix argument can hold (NUL).
 */
export function curlFor(origin: string, request: SnippetRequest): string {
  const { method, body, idempotent, saveAs } = request;
  const implied = body === undefined ? "GET" : "POST";
  const address = addressOf(origin, request);
  return [
    [
      "curl -sS --fail-with-body --globoff",
      ...(method === implied ? [] : [`-X ${method}`]),
      ...(saveAs === undefined ? [] : ["--location"]),
      quote(address),
    ].join(" "),
    `-H "Authorization: Bearer $TOKEN"`,
    ...(idempotent ? [`-H "Idempotency-Key: $(uuidgen)"`] : []),
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json'`, `--data-binary ${quote(bodyText(body))}`]),
    ...(saveAs === undefined ? [] : [`-o ${quote(relative(saveAs))}`]),
  ].join(" \\\n  ");
}

/** A name that is no option and not "-", which would be the screen. */
const relative = (name: string): string => (name.startsWith("-") ? `./${name}` : name);
