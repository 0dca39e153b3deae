// What an application is: parameters as a JSON Schema, what it asks for, and how a script is made from it.
import type { Application } from "../contract/catalogue.ts";
import type { Progress, Resources } from "../contract/job.ts";
import type { Issue } from "../contract/problem.ts";

/** A JSON Schema (2020-12) node. Own keywords: `x-group` (heading in a form), `x-unit`, `x-input` (names an input), `x-max-bytes`, `x-accepted` (what a pattern accepts, in words). */
export type ParameterSchema = {
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number | boolean)[];
  readonly properties?: Readonly<Record<string, ParameterSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly oneOf?: readonly ParameterSchema[];
  readonly items?: ParameterSchema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly "x-group"?: string;
  readonly "x-unit"?: string;
  readonly "x-input"?: boolean;
  /** Bound of a text, or of all texts of a list together, in bytes of UTF-8. */
  readonly "x-max-bytes"?: number;
  readonly "x-accepted"?: string;
};

export type Parameters = Record<string, unknown>;

export type ApplicationSpec = {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: ParameterSchema;
  readonly defaults: Resources;
  /** Results beyond these stay on the cluster. */
  readonly limits: Application["limits"];
  /**
   * The batch script: the same text for every job of this version, so that alike jobs form one array. It is run by
   * /bin/sh in members/<index>/work, where the inputs lie; what `files` gives lies one folder up.
   */
  readonly script: string;
  /** Faults that the schema cannot express. Called with valid parameters only. */
  check?(parameters: Parameters, inputs: readonly string[]): Issue[];
  /** Files of one member, by plain name; they lie one folder above the inputs and are not collected as results. */
  files(parameters: Parameters): Record<string, string>;
  /** How far a running job is, where the application writes that down itself. */
  readonly progress?: {
    /** The file, relative to work. */
    file(parameters: Parameters): string | undefined;
    /** Reads its beginning and its end, or the whole where it is short. Any text may come, the last line may be half written; never throws. */
    read(text: string, parameters: Parameters): Progress | undefined;
  };
};

/** Limits of the built-in applications: 50 GB in 100,000 files. */
export const defaultLimits = { bytes: 50_000_000_000, files: 100_000 } as const;
