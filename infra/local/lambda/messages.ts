// What the host and an instance of a function tell each other.

export type InstanceData = {
  functionName: string;
  functionArn: string;
  /** Folder of the unpacked bundle. */
  code: string;
  /** "index.handler" */
  handler: string;
  memoryMb: number;
  logGroup: string;
  logStream: string;
};
export type ToInstance = {
  requestId: string;
  /** JSON */
  event: string;
  /** Milliseconds since the epoch. */
  deadline: number;
};
export type FunctionError = { errorType: string; errorMessage: string; trace: string[] };
export type FromInstance =
  | { kind: "ready" }
  | ({ kind: "init-error" } & FunctionError)
  | { kind: "log"; text: string }
  | { kind: "result"; requestId: string; payload: string }
  | ({ kind: "error"; requestId: string } & FunctionError);
