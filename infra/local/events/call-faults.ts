// What may happen to one call of a service: an error in AWS's own words, a broken connection, the death of the function that called.

export type ServiceCall = {
  /** "dynamodb", "sqs", "ssm", "cognito-idp", "s3" … */
  service: string;
  /** "UpdateItem"; of S3 the action, "s3:PutObject", or the method where there is none. */
  operation: string;
  /** "api", "headnode:local"; undefined where nobody signed. */
  principal: string | undefined;
  /** The instance of a function that calls; undefined for everybody else. */
  instance: string | undefined;
};

/** Before the call had any effect, or just after it had its whole effect. */
type When = "before" | "after";

export type CallFault =
  | { kind: "error"; when: When; status: number; code: string }
  /** The connection breaks without an answer. */
  | { kind: "cut"; when: When }
  /** The connection stays open and nothing ever comes. */
  | { kind: "silence"; when: When }
  /** The instance that calls is ended at that instant. */
  | { kind: "kill"; when: When };

/** Asked for each call that was signed and allowed, before it is passed on. */
export type CallHook = (call: ServiceCall) => CallFault | undefined;

export type Disturber = {
  hook: CallHook;
  /** Does what a fault does to the caller: resolves once the instance that is to be killed has ended. */
  suffer(fault: CallFault, instance: string | undefined): Promise<void>;
};

/** Thrown where a connection is to break, or to stay without an answer. */
export class Cut extends Error {
  override name = "Cut" as const;
  readonly silent: boolean;
  constructor(fault: CallFault) {
    super(fault.kind);
    this.silent = fault.kind === "silence";
  }
}

const mark = /(?:^|\s)app\/hg-([0-9a-f]{12})(?:\s|$)/;

/** The SDK's application id by which the calls of one instance are known: AWS_SDK_UA_APP_ID of its environment. */
export const applicationOf = (instance: string): string => `hg-${instance}`;

/** The instance that a request's user agent names. */
export const instanceOf = (userAgent: string | undefined): string | undefined => mark.exec(userAgent ?? "")?.[1];
