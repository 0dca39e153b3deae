// The buckets: what goes to jobs, what comes back, what crosses to head nodes, and the page.
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CorsRule,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";

/** A signed URL carries its own right, so any origin may use one; clients need these headers to resume and to read ranges. */
const corsFor = (...methods: HttpMethods[]): CorsRule[] => [
  {
    allowedOrigins: ["*"],
    allowedMethods: methods,
    allowedHeaders: ["*"],
    exposedHeaders: ["ETag", "Content-Range", "Accept-Ranges", "Content-Length"],
    maxAge: 3_600,
  },
];

const expire = (id: string, prefix: string, days: number): LifecycleRule => ({
  id,
  prefix,
  expiration: Duration.days(days),
});

const endStaleMultipart: LifecycleRule = {
  id: "end-stale-multipart",
  abortIncompleteMultipartUploadAfter: Duration.days(2),
};

export class ObjectStore extends Construct {
  readonly inputs: IBucket;
  readonly results: IBucket;
  readonly batches: IBucket;
  readonly page: IBucket;
  readonly #logs: IBucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);

    this.#logs = this.#bucket("AccessLogs", { lifecycleRules: [expire("expire", "", 90)] });
    this.inputs = this.#loggedBucket("Inputs", {
      cors: corsFor(HttpMethods.PUT),
      lifecycleRules: [expire("expire-uploads", "uploads/", 30), endStaleMultipart],
    });
    this.results = this.#loggedBucket("Results", {
      cors: corsFor(HttpMethods.GET, HttpMethods.HEAD),
      lifecycleRules: [expire("expire-receipts", "receipts/", 30), endStaleMultipart],
    });
    this.batches = this.#loggedBucket("Batches", {
      lifecycleRules: [expire("expire-batches", "batches/", 14), endStaleMultipart],
    });
    this.page = this.#loggedBucket("Page", { lifecycleRules: [endStaleMultipart] });
  }

  #bucket(id: string, props: BucketProps): IBucket {
    // The cast: CDK's own types do not hold under exactOptionalPropertyTypes.
    return new Bucket(this, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    }) as IBucket;
  }

  #loggedBucket(id: string, props: BucketProps): IBucket {
    return this.#bucket(id, {
      serverAccessLogsBucket: this.#logs,
      serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      ...props,
    });
  }
}
