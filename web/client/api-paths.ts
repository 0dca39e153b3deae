// The contract's routes in the shape that openapi-fetch is typed by: made from the routes themselves, so it cannot drift.
import type * as z from "zod";
import type { Problem } from "../../shared/contract/problem.ts";
import type { Route, Routes } from "../../shared/contract/routes.ts";

type EachRoute = Routes[keyof Routes];

/** API Gateway writes {path+} where OpenAPI writes {path}. */
type OpenApiPath<P extends string> = P extends `${infer Head}{${infer Name}+}${infer Tail}`
  ? `${Head}{${Name}}${Tail}`
  : P;

type In<R, K extends string> = R extends { [key in K]: infer Schema extends z.ZodType } ? z.input<Schema> : never;

type Parameters<R> = ([In<R, "params">] extends [never] ? { path?: never } : { path: In<R, "params"> }) &
  ([In<R, "query">] extends [never] ? { query?: never } : { query?: In<R, "query"> }) &
  ([In<R, "headers">] extends [never] ? { header?: never } : { header?: In<R, "headers"> });

type Answer<R> = R extends { response: infer Schema extends z.ZodType }
  ? { content: { "application/json": z.output<Schema> } }
  : R extends { bytes: true }
    ? { content: { "application/octet-stream": Blob } }
    : { content?: never };

type Operation<R extends Route> = {
  parameters: Parameters<R>;
  responses: { [status in R["status"]]: Answer<R> } & { default: { content: { "application/problem+json": Problem } } };
} & ([In<R, "body">] extends [never]
  ? { requestBody?: never }
  : { requestBody: { content: { "application/json": In<R, "body"> } } });

/** Every address of the API with its methods, as openapi-fetch wants them. */
export type ApiPaths = {
  [P in EachRoute["path"] as OpenApiPath<P>]: {
    [R in Extract<EachRoute, { path: P }> as Lowercase<R["method"]>]: Operation<R>;
  };
};
