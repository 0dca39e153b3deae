// What an operation is given and what it answers, by the contract's routes.
import type * as z from "zod";
import type { PersonRecord } from "../../shared/aws/person-table.ts";
import type { OperationId, Routes } from "../../shared/contract/routes.ts";

/** Who asks, and how that was shown. */
export type Caller = { person: PersonRecord; by: "sign-in" | "token" };

type Parsed<R, Part extends string> =
  R extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

export type Call<Id extends OperationId, Parts> = {
  params: Parsed<Routes[Id], "params">;
  query: Parsed<Routes[Id], "query">;
  headers: Parsed<Routes[Id], "headers">;
  body: Parsed<Routes[Id], "body">;
  caller: Routes[Id]["access"] extends "public" ? undefined : Caller;
  /** A request header by its lower-case name, for what is no part of a route's contract (range, if-none-match). */
  header(name: string): string | undefined;
  parts: Parts;
};

/** An answer that is not JSON: a file's bytes, where they are, or that they have not changed. */
export type BytesAnswer = {
  status: 200 | 206 | 302 | 304;
  headers: Record<string, string>;
  bytes?: Uint8Array;
};

/** What the caller has is still so (If-None-Match). */
type NotModified = { notModified: true; headers: Record<string, string> };

export type AnswerOf<Id extends OperationId> = Routes[Id] extends { bytes: true }
  ? BytesAnswer
  : Routes[Id] extends { response: infer Schema extends z.ZodType }
    ? { body: z.output<Schema>; headers?: Record<string, string> } | NotModified
    : { headers?: Record<string, string> };

export type Operation<Id extends OperationId, Parts> = (call: Call<Id, Parts>) => Promise<AnswerOf<Id>>;

/** One operation per route: a missing one does not compile. */
export type Operations<Parts> = { readonly [Id in OperationId]: Operation<Id, Parts> };
