// The checked-in OpenAPI document is what the routes say. `npx vitest run -u test/shared/contract` writes it anew.
import { expect, test } from "vitest";
import { openapiDocument, openapiText } from "../../../shared/contract/openapi.ts";
import { problems } from "../../../shared/contract/problem.ts";
import { routes } from "../../../shared/contract/routes.ts";

test("the checked-in document equals the one that the routes give", async () => {
  await expect(openapiText()).toMatchFileSnapshot("../../../shared/contract/openapi.json");
});

test("covers every route and every problem that it may answer, and every $ref leads somewhere", () => {
  const document = openapiDocument() as {
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, { $ref?: string }> }>>;
    components: { schemas: Record<string, unknown>; responses: Record<string, { description: string }> };
  };
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  expect(operations.map((operation) => operation.operationId).sort()).toEqual(Object.keys(routes).sort());

  for (const [id, route] of Object.entries(routes)) {
    const operation = operations.find((one) => one.operationId === id);
    for (const code of route.problems) {
      const name = operation?.responses[problems[code].status]?.$ref?.replace("#/components/responses/", "") ?? "";
      expect(document.components.responses[name]?.description, `${id} ${code}`).toContain(`${code}:`);
    }
  }
  const text = JSON.stringify(document);
  expect(text).not.toContain("$defs");
  for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
});
