// THE TABLE: every function, what starts it, and what it may read and write. The template's roles are made from it.

/** What a function may do with a part of the house; infra/stacks turns each into IAM statements. */
export type Grant =
  | "table:read"
  | "table:create"
  | "table:change"
  | "table:delete"
  | "table:index"
  | "inputs:put"
  | "inputs:get"
  | "results:get"
  | "receipts:get"
  | "results:list-receipts"
  | "batches:put"
  | "dispatch:send"
  | "command:send"
  | "inputs:erase"
  | "results:erase"
  | "mail:send";

export type FunctionSpec = {
  /** What starts it. */
  trigger:
    | { kind: "http" }
    | { kind: "queue"; queue: "dispatch" | "receipts"; batchSize: number }
    | { kind: "schedule"; minutes: number };
  timeoutSeconds: number;
  memoryMb: number;
  grants: readonly Grant[];
  /** Environment variables (shared/aws/env.ts) that it is given. */
  environment: readonly string[];
};

export const functions = {
  api: {
    trigger: { kind: "http" },
    timeoutSeconds: 29,
    memoryMb: 1024,
    grants: [
      "table:read",
      "table:create",
      "table:change",
      "table:delete",
      "table:index",
      "inputs:put",
      "inputs:get",
      "results:get",
      "dispatch:send",
    ],
    environment: [
      "TABLE",
      "INPUTS_BUCKET",
      "RESULTS_BUCKET",
      "DISPATCH_QUEUE_URL",
      "CLUSTERS",
      "USER_POOL_ID",
      "PAGE_CLIENT_ID",
      "CLI_CLIENT_ID",
      "PAGE_ORIGIN",
      "SIGN_IN_ORIGIN",
      "SITE_NAME",
      "SITE_SETTINGS",
      "SCALE",
    ],
  },
  dispatch: {
    trigger: { kind: "queue", queue: "dispatch", batchSize: 10 },
    timeoutSeconds: 15,
    memoryMb: 512,
    grants: ["table:read", "table:create", "table:change", "table:index", "inputs:get", "batches:put", "command:send"],
    environment: ["TABLE", "INPUTS_BUCKET", "BATCHES_BUCKET", "DOCUMENT", "CLUSTERS"],
  },
  observe: {
    trigger: { kind: "queue", queue: "receipts", batchSize: 10 },
    timeoutSeconds: 30,
    memoryMb: 512,
    grants: ["table:read", "table:change", "receipts:get", "dispatch:send"],
    environment: ["TABLE", "RESULTS_BUCKET", "DISPATCH_QUEUE_URL"],
  },
  reconcile: {
    trigger: { kind: "schedule", minutes: 1 },
    timeoutSeconds: 60,
    memoryMb: 512,
    grants: [
      "table:read",
      "table:change",
      "table:index",
      "inputs:get",
      "receipts:get",
      "results:list-receipts",
      "batches:put",
      "dispatch:send",
      "command:send",
    ],
    environment: [
      "TABLE",
      "INPUTS_BUCKET",
      "RESULTS_BUCKET",
      "BATCHES_BUCKET",
      "DISPATCH_QUEUE_URL",
      "DOCUMENT",
      "CLUSTERS",
      "SCALE",
    ],
  },
  notify: {
    trigger: { kind: "schedule", minutes: 1 },
    timeoutSeconds: 60,
    memoryMb: 256,
    grants: ["table:read", "table:change", "table:index", "mail:send"],
    environment: ["TABLE", "PAGE_ORIGIN", "SITE_NAME", "SITE_SETTINGS", "SCALE"],
  },
  erase: {
    trigger: { kind: "schedule", minutes: 1 },
    timeoutSeconds: 60,
    // a pack and a manifest are held whole
    memoryMb: 1024,
    grants: ["table:read", "table:change", "table:index", "inputs:erase", "results:erase", "dispatch:send"],
    environment: ["TABLE", "INPUTS_BUCKET", "RESULTS_BUCKET", "DISPATCH_QUEUE_URL", "CLUSTERS", "SCALE"],
  },
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof functions;
