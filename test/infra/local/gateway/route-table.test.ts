// Which route API Gateway takes.
import { expect, it } from "vitest";
import { routeTable } from "../../../../infra/local/gateway/route-table.ts";

const keys = [
  "GET /v1/jobs",
  "GET /v1/jobs/{id}",
  "GET /v1/jobs/{id}/files/{path+}",
  "GET /v1/jobs/latest",
  "ANY /v1/jobs/{id}",
  "DELETE /v1/{proxy+}",
  "$default",
];
const find = routeTable(keys.map((key) => ({ key, target: undefined })));

it.each([
  ["GET", "/v1/jobs", "GET /v1/jobs", {}],
  ["GET", "/v1/jobs/latest", "GET /v1/jobs/latest", {}],
  ["GET", "/v1/jobs/a%2Fb%20c", "GET /v1/jobs/{id}", { id: "a/b c" }],
  ["PUT", "/v1/jobs/7", "ANY /v1/jobs/{id}", { id: "7" }],
  ["GET", "/v1/jobs/7/files/a/b%20c.txt", "GET /v1/jobs/{id}/files/{path+}", { id: "7", path: "a/b c.txt" }],
  ["GET", "/v1/jobs/7/files/", "$default", {}],
  ["GET", "/v1/jobs/", "$default", {}],
  ["POST", "/v1/jobs", "$default", {}],
  ["HEAD", "/v1/jobs", "$default", {}],
  ["OPTIONS", "/v1/jobs", "$default", {}],
  ["DELETE", "/v1/jobs", "DELETE /v1/{proxy+}", { proxy: "jobs" }],
  ["DELETE", "/v1/jobs/7", "ANY /v1/jobs/{id}", { id: "7" }],
  ["GET", "/", "$default", {}],
])("%s %s goes to %s", (method, path, key, parameters) => {
  expect(find(method, path)).toEqual({ route: { key, target: undefined }, parameters });
});

it("finds nothing where there is no default", () => {
  expect(routeTable([{ key: "GET /a", target: 1 }])("GET", "/b")).toBeUndefined();
});
