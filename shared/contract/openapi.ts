// The OpenAPI 3.1 document, made from the routes. `node shared/contract/openapi.ts` prints it; openapi.json is its checked-in copy.
import * as z from "zod";
import { Application, Cluster, Partition, Site } from "./catalogue.ts";
import {
  BulkRequest,
  BulkResult,
  CheckedJob,
  Job,
  JobChange,
  JobEvent,
  JobFile,
  JobRerun,
  JobSubmission,
  Resources,
  SkippedFile,
} from "./job.ts";
import { NewToken, Person, PersonChange, Token, TokenRequest } from "./person.ts";
import { Issue, Problem, type ProblemCode, problems } from "./problem.ts";
import { commonProblems, type OperationId, type Route, routes } from "./routes.ts";
import { Upload, UploadRequest } from "./upload.ts";

type Json = Record<string, unknown>;
type SchemaOf = (schema: z.ZodType, io: "input" | "output") => Json;

/** Schemas with a name of their own under components. */
const named = {
  Application,
  Cluster,
  Partition,
  Site,
  BulkRequest,
  BulkResult,
  CheckedJob,
  Job,
  JobChange,
  JobEvent,
  JobFile,
  JobRerun,
  JobSubmission,
  Resources,
  SkippedFile,
  Person,
  PersonChange,
  Token,
  TokenRequest,
  NewToken,
  Issue,
  Problem,
  Upload,
  UploadRequest,
} as const;

/** The document as a plain object; the same on every call. */
export function openapiDocument(): Json {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) names.add(schema, { id });
  const components: Record<string, unknown> = {};
  const responses: Json = {};
  const schemaOf = (schema: z.ZodType, io: "input" | "output"): Json => {
    const made: Json = z.toJSONSchema(schema, { metadata: names, io, unrepresentable: "any" });
    const definitions = (made.$defs ?? {}) as Record<string, Json>;
    for (const [id, definition] of Object.entries(definitions)) components[id] = referring(definition);
    const { $defs: _definitions, $schema: _dialect, id, ...rest } = referring(made);
    if (typeof id !== "string") return rest;
    components[id] = rest;
    return { $ref: `#/components/schemas/${id}` };
  };
  const paths: Record<string, Json> = {};
  for (const [operationId, route] of Object.entries(routes) as [OperationId, Route][]) {
    const path = route.path.replace("{path+}", "{path}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(operationId, route, schemaOf, responses) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Headgate",
      version: "1",
      description: "Submit jobs to Slurm clusters, follow them, and fetch their results.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: sorted(components),
      responses,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A Cognito access token, or an API token (hg_…)" },
      },
    },
  };
}

function operation(operationId: OperationId, route: Route, schemaOf: SchemaOf, responses: Json): Json {
  const parameters = [
    ...parametersOf("path", route.params, schemaOf),
    ...parametersOf("query", route.query, schemaOf),
    ...parametersOf("header", route.headers, schemaOf),
  ];
  return {
    operationId,
    summary: route.summary,
    security: route.access === "public" ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } } }
      : {}),
    responses: { ...success(route, schemaOf), ...failures(route, schemaOf, responses) },
  };
}

const unchanged = { description: "Not changed since If-None-Match" };

function success(route: Route, schemaOf: SchemaOf): Json {
  if (route.bytes) {
    return {
      "200": {
        description: "The file's own bytes",
        content: { "*/*": { schema: { type: "string", format: "binary" } } },
      },
      "206": { description: "The bytes that Range asked for" },
      "302": {
        description: "Where the bytes are: a signed URL",
        headers: { location: { schema: { type: "string" } } },
      },
      "304": unchanged,
    };
  }
  if (!route.response) return { [route.status]: { description: "Done" } };
  const schema = schemaOf(route.response, "output");
  return {
    [route.status]: { description: route.summary, content: { "application/json": { schema } } },
    ...(route.headers && "if-none-match" in route.headers.shape ? { "304": unchanged } : {}),
  };
}

/** Problems by status; each names the codes that it may carry. */
function failures(route: Route, schemaOf: SchemaOf, responses: Json): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set<ProblemCode>([...commonProblems, ...route.problems])) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = schemaOf(Problem, "output");
  const answers: Json = {};
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    // Routes with the same codes at a status share one description.
    const name = `${status}-${codes.join(".")}`;
    responses[name] = {
      description: codes.map((code) => `${code}: ${problems[code].title}`).join("; "),
      content: {
        "application/problem+json": {
          schema: { allOf: [schema, { type: "object", properties: { code: { enum: codes } } }] },
        },
      },
    };
    answers[status] = { $ref: `#/components/responses/${name}` };
  }
  return answers;
}

function parametersOf(place: "path" | "query" | "header", shape: z.ZodObject | undefined, schemaOf: SchemaOf): Json[] {
  if (!shape) return [];
  return Object.entries(shape.shape).map(([name, field]) => {
    // What a query holds is text; its meaning is the output's type.
    const schema = schemaOf(field as z.ZodType, "output");
    return {
      name,
      in: place,
      required: !z.safeParse(field, undefined).success,
      // a list is one text with commas between its values
      ...(schema.type === "array" ? { style: "form", explode: false } : {}),
      schema,
    };
  });
}

function referring(value: Json): Json {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'), (key, inner) =>
    key === "$schema" ? undefined : inner,
  ) as Json;
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const withoutId = (schema: unknown) => {
    const { id: _id, ...rest } = schema as Json & { id?: unknown };
    return typeof _id === "string" ? rest : schema;
  };
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, withoutId(value[key])]),
  );
}

/** The text of openapi.json. */
export const openapiText = (): string => `${JSON.stringify(openapiDocument(), null, 2)}\n`;
