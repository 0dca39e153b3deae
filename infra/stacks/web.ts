// The page: CloudFront before the page's bucket and, under /v1/, before the API, with one origin for both.
import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, CacheControl, Source } from "aws-cdk-lib/aws-s3-deployment";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

const pagePolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' https://*.amazonaws.com https://*.amazoncognito.com",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "object-src 'none'",
].join("; ");

/** What a job made is served below /v1/ on the page's own origin: opened as a document it may do nothing there. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

/** Addresses of the page's own views are answered by its one document; files, which have an extension, are not. */
const viewsToIndex = `function handler(event) {
  var request = event.request;
  var isApi = request.uri === '/v1' || request.uri.indexOf('/v1/') === 0;
  if (!isApi && request.uri.slice(request.uri.lastIndexOf('/') + 1).indexOf('.') < 0) request.uri = '/index.html';
  return request;
}
`;

const securityHeaders = (contentSecurityPolicy: string): ResponseSecurityHeadersBehavior => ({
  contentSecurityPolicy: { contentSecurityPolicy, override: true },
  strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
  contentTypeOptions: { override: true },
  referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
  frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
});

export class Web extends Construct {
  /** The page's origin: https://… without a final slash. */
  readonly origin: string;

  constructor(scope: Construct, id: string, props: { bucket: IBucket; apiHost: string; pageFolder: string }) {
    super(scope, id);

    const distribution = new Distribution(this, "Distribution", {
      comment: "Headgate: the page, and the API under /v1/",
      defaultRootObject: "index.html",
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(props.bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: new ResponseHeadersPolicy(this, "PageHeaders", {
          securityHeadersBehavior: securityHeaders(pagePolicy),
        }),
        functionAssociations: [
          {
            eventType: FunctionEventType.VIEWER_REQUEST,
            function: new EdgeFunction(this, "ViewsToIndex", {
              runtime: FunctionRuntime.JS_2_0,
              code: FunctionCode.fromInline(viewsToIndex),
            }),
          },
        ],
      },
      additionalBehaviors: {
        "/v1/*": {
          origin: new HttpOrigin(props.apiHost, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          // Authorization reaches the API only so.
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          responseHeadersPolicy: new ResponseHeadersPolicy(this, "ApiHeaders", {
            securityHeadersBehavior: securityHeaders(apiPolicy),
          }),
        },
      },
    });
    acknowledge(distribution, {
      "AwsSolutions-CFR1": "Scientists work everywhere.",
      "AwsSolutions-CFR2":
        "The page is static, and the API checks every request itself and is throttled; a WAF is the operator's choice.",
      "AwsSolutions-CFR3":
        "Every request that does anything is in the API's access log, and page fetches from S3 are in the bucket's; CloudFront's own log would need a bucket with ACLs.",
      "AwsSolutions-CFR4":
        "CloudFront's own certificate is used, whose TLS policy cannot be set; no domain is presumed.",
    });
    this.origin = `https://${distribution.distributionDomainName}`;
    new CfnOutput(Stack.of(this), "PageUrl", { value: this.origin });

    // Old assets stay, so that a page that is open goes on working; the document comes after what it names.
    const source = Source.asset(props.pageFolder);
    const assets = new BucketDeployment(this, "Assets", {
      sources: [source],
      destinationBucket: props.bucket,
      exclude: ["index.html"],
      prune: false,
      cacheControl: [CacheControl.fromString("public, max-age=31536000, immutable")],
    });
    const document = new BucketDeployment(this, "Document", {
      sources: [source],
      destinationBucket: props.bucket,
      exclude: ["*"],
      include: ["index.html"],
      prune: false,
      cacheControl: [CacheControl.fromString("no-cache")],
    });
    document.node.addDependency(assets);
  }
}
