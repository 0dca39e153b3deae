// SendCommand's request, checked as Systems Manager checks it.
import { randomUUID } from "node:crypto";
import type { Command } from "./command-store.ts";
import { type CommandDocument, parameterEnvironment } from "./document.ts";
import { SsmError } from "./ssm-error.ts";

const defaultTimeoutSeconds = 3600;
/** Members that change nothing here; all others unknown to us are refused rather than ignored. */
const harmless = ["MaxConcurrency", "MaxErrors"];
const served = ["Comment", "DocumentName", "DocumentVersion", "InstanceIds", "Parameters", "Targets", "TimeoutSeconds"];

/** A document's plain name: a caller may give its ARN. */
export function documentName(given: unknown): string {
  const text = typeof given === "string" ? given : "";
  return /^arn:[^:]*:ssm:[^:]*:[^:]*:document\/(.+)$/.exec(text)?.[1] ?? text;
}

function instancesOf(body: Record<string, unknown>, known: (id: string) => boolean): string[] {
  const direct = Array.isArray(body.InstanceIds) ? body.InstanceIds.map(String) : [];
  const targets = Array.isArray(body.Targets) ? (body.Targets as { Key?: unknown; Values?: unknown }[]) : [];
  if (direct.length > 0 && targets.length > 0) {
    throw new SsmError("ValidationException", "give InstanceIds or Targets, not both");
  }
  const targeted = targets.flatMap(({ Key, Values }) => {
    if (Key === "InstanceIds" && Array.isArray(Values)) return Values.map(String);
    throw new SsmError("ValidationException", `targets by "${String(Key)}" are not served here; InstanceIds is`);
  });
  const ids = [...direct, ...targeted];
  if (ids.length === 0 || ids.length > 50) {
    throw new SsmError("InvalidInstanceId", `a command goes to 1 to 50 instances, got ${ids.length}`);
  }
  if (new Set(ids).size < ids.length) throw new SsmError("DuplicateInstanceId", `an instance is named twice: ${ids}`);
  const stranger = ids.find((id) => !known(id));
  if (stranger !== undefined) {
    throw new SsmError("InvalidInstanceId", `Instances [[${stranger}]] not in a valid state for account`);
  }
  return ids;
}

/** A new command from a request. Throws SsmError. */
export function commandFrom(
  body: Record<string, unknown>,
  documentOf: (name: string) => CommandDocument | undefined,
  known: (instanceId: string) => boolean,
): Command {
  const invalid = (message: string) => new SsmError("ValidationException", message);
  const stranger = Object.keys(body).find((name) => ![...harmless, ...served].includes(name));
  if (stranger !== undefined) throw invalid(`SendCommand's ${stranger} is not served here`);
  const document = documentOf(documentName(body.DocumentName));
  if (!document) throw new SsmError("InvalidDocument", `document ${String(body.DocumentName)} does not exist`);
  const { Comment: comment = "", TimeoutSeconds: timeoutSeconds = defaultTimeoutSeconds, DocumentVersion } = body;
  if (![undefined, "$DEFAULT", "$LATEST", "1"].includes(DocumentVersion as string | undefined)) {
    throw new SsmError("InvalidDocumentVersion", `document ${document.name} has no version ${String(DocumentVersion)}`);
  }
  if (typeof comment !== "string" || comment.length > 100) throw invalid("Comment is a text of at most 100 characters");
  const whole = typeof timeoutSeconds === "number" && Number.isInteger(timeoutSeconds);
  if (!whole || timeoutSeconds < 30 || timeoutSeconds > 2_592_000) {
    throw invalid(`TimeoutSeconds is ${JSON.stringify(timeoutSeconds)}; 30 to 2592000 is accepted`);
  }
  const instanceIds = instancesOf(body, known);
  const environment = parameterEnvironment(document, body.Parameters);
  return {
    id: randomUUID(),
    document: document.name,
    comment,
    parameters: (body.Parameters ?? {}) as Record<string, string[]>,
    environment,
    timeoutSeconds,
    requestedAt: Date.now(),
    invocations: instanceIds.map((instanceId) => ({
      instanceId,
      status: "Pending",
      attempts: 0,
      code: -1,
      stdout: "",
      stderr: "",
    })),
    lost: false,
    copies: 1,
  };
}
