// A refusal by Systems Manager, by the names its API gives to errors.

type SsmErrorCode =
  | "DuplicateInstanceId"
  | "InternalServerError"
  | "InvalidCommandId"
  | "InvalidDocument"
  | "InvalidDocumentVersion"
  | "InvalidFilterKey"
  | "InvalidInstanceId"
  | "InvalidNextToken"
  | "InvalidOutputFolder"
  | "InvalidParameters"
  | "InvocationDoesNotExist"
  | "UnknownOperationException"
  | "ValidationException";

export class SsmError extends Error {
  override name = "SsmError" as const;
  readonly code: SsmErrorCode;

  constructor(code: SsmErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
