// The template's HTTP API: its routes to its integrations' functions.
import type { LocalFunction } from "../lambda/local-function.ts";
import { mayInvoke } from "../template/policies.ts";
import type { Stack } from "../template/stack.ts";
import { type ApiTarget, type HttpApi, httpApi } from "./http-api.ts";
import type { Route } from "./route-table.ts";

/** Throws where there is not exactly one API, or a route leads nowhere. */
export function createApi(o: {
  stack: Stack;
  functions: ReadonlyMap<string, LocalFunction>;
  log: (line: string) => void;
}): HttpApi {
  const { stack } = o;
  const [api, ...more] = stack.ofType("AWS::ApiGatewayV2::Api");
  if (!api || more.length > 0)
    throw new Error(`one AWS::ApiGatewayV2::Api is run here, the template has ${more.length + (api ? 1 : 0)}`);
  const { account, region, partition, urlSuffix } = stack.place;
  const apiId = api.names.ref;
  const byArn = new Map([...o.functions.values()].map((run) => [run.settings.functionArn, run]));
  const routes = stack.ofType("AWS::ApiGatewayV2::Route").map(({ id, properties: p }): Route<ApiTarget> => {
    const target = stack.named("AWS::ApiGatewayV2::Integration", String(p.Target).replace(/^integrations\//, ""));
    const uri = String(target?.properties.IntegrationUri);
    // Either a function's ARN, or it within arn:…:apigateway:…:path/2015-03-31/functions/<ARN>/invocations.
    const run = byArn.get(/functions\/(.*)\/invocations$/.exec(uri)?.[1] ?? uri);
    if (!run) throw new Error(`route ${id} leads to ${uri}, which is no function of this machine`);
    if (String(target?.properties.PayloadFormatVersion) !== "2.0") {
      throw new Error(`the integration of route ${id} has another payload format than 2.0`);
    }
    const key = String(p.RouteKey);
    const resource = key === "$default" ? "$default" : key.replace(" ", "");
    const sourceArn = `arn:${partition}:execute-api:${region}:${account}:${apiId}/$default/${resource}`;
    const functionArn = run.settings.functionArn;
    return {
      key,
      target: { run, mayInvoke: mayInvoke(stack, { functionArn, service: "apigateway.amazonaws.com", sourceArn }) },
    };
  });
  const domainName = `${apiId}.execute-api.${region}.${urlSuffix}`;
  return httpApi({ place: { apiId, account, domainName }, routes, log: o.log });
}
