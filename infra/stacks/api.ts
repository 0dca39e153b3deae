// The HTTP API: every route of the contract and $default, all answered by one integration.
import { Aws, CfnOutput, Fn, RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from "aws-cdk-lib/aws-apigatewayv2";
import { CfnPermission, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type Route, routes } from "../../shared/contract/routes.ts";
import { acknowledge } from "./acknowledge.ts";

/** What the access log has of each request: no header, no query, so no token and no signature. */
const accessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  milliseconds: "$context.responseLatency",
  error: "$context.integrationErrorMessage",
});

export class Api extends Construct {
  /** Host name, without scheme. */
  readonly host: string;
  readonly #api: CfnApi;

  constructor(scope: Construct, id: string) {
    super(scope, id);

    // CORS is answered by the function: here it would need the page's origin, which itself needs this API.
    this.#api = new CfnApi(this, "Http", { name: Aws.STACK_NAME, protocolType: "HTTP" });
    this.host = Fn.join("", [this.#api.ref, ".execute-api.", Aws.REGION, ".", Aws.URL_SUFFIX]);

    const log = new LogGroup(this, "AccessLog", {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnStage(this, "Stage", {
      apiId: this.#api.ref,
      stageName: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: accessLogFormat },
      // Requests per second of everybody together: bounds the bill of a flood.
      defaultRouteSettings: { throttlingRateLimit: 200, throttlingBurstLimit: 400 },
    });
    new CfnOutput(Stack.of(this), "ApiUrl", { value: `https://${this.host}` });
  }

  /** Routes everything to a function. One permission for the whole API: one per route breaks the 20 KB limit of a function's policy. */
  answerWith(handler: LambdaFunction): void {
    const integration = new CfnIntegration(this, "Integration", {
      apiId: this.#api.ref,
      integrationType: "AWS_PROXY",
      integrationUri: handler.functionArn,
      payloadFormatVersion: "2.0",
    });
    new CfnPermission(this, "MayInvoke", {
      action: "lambda:InvokeFunction",
      functionName: handler.functionArn,
      principal: "apigateway.amazonaws.com",
      sourceArn: Stack.of(this).formatArn({ service: "execute-api", resource: this.#api.ref, resourceName: "*" }),
    });
    const keys = Object.entries<Route>(routes).map(([operation, { method, path }]) => [operation, `${method} ${path}`]);
    for (const [operation, routeKey] of [...keys, ["default", "$default"]]) {
      const route = new CfnRoute(this, `Route-${operation}`, {
        apiId: this.#api.ref,
        routeKey: `${routeKey}`,
        target: Fn.join("/", ["integrations", integration.ref]),
      });
      acknowledge(route, {
        "AwsSolutions-APIG4":
          "The function verifies every token itself (Cognito's and our own API tokens), and public routes are declared public in the contract.",
      });
    }
  }
}
