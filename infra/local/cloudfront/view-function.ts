// A CloudFront Function (viewer-request), run as it stands in the template: no modules, no clock of ours, a short time.
import { createContext, Script } from "node:vm";

export type ViewRequest = {
  method: string;
  /** Path, as the viewer sent it. */
  uri: string;
  querystring: Record<string, { value: string }>;
  headers: Record<string, { value: string }>;
  cookies: Record<string, { value: string }>;
};
export type ViewAnswer = {
  statusCode: number;
  statusDescription?: string;
  headers?: Record<string, { value: string }>;
  body?: string | { data: string; encoding?: "text" | "base64" };
};
export type ViewFunction = (request: ViewRequest, ip: string) => ViewRequest | ViewAnswer;

/** Of the wall clock: on a busy machine a function that takes a moment was seen to wait for 0.1 s. */
const limitMs = 5_000;

/** Compiles the code once. Throws where it has no `handler`. */
export function viewFunction(code: string, distribution: { id: string; domainName: string }): ViewFunction {
  const context = createContext({ console: { log: () => {} } }, { codeGeneration: { strings: false, wasm: false } });
  new Script(code, { filename: "cloudfront-function.js" }).runInContext(context, { timeout: limitMs });
  // Values cross as JSON, so that nothing of this process is in reach of the code.
  const call = new Script("JSON.stringify(handler(JSON.parse(__event)))", { filename: "cloudfront-call.js" });
  if (new Script("typeof handler").runInContext(context) !== "function") {
    throw new Error("the code of a CloudFront function declares `function handler(event)`");
  }
  return (request, ip) => {
    context.__event = JSON.stringify({
      version: "1.0",
      context: {
        eventType: "viewer-request",
        distributionId: distribution.id,
        distributionDomainName: distribution.domainName,
      },
      viewer: { ip },
      request,
    });
    return JSON.parse(call.runInContext(context, { timeout: limitMs }) as string) as ViewRequest | ViewAnswer;
  };
}
