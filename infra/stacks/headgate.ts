// The stack: data, the way to the clusters, the API, the page, people, and the functions between them.
import { join } from "node:path";
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Api } from "./api.ts";
import { acknowledgeCdksOwn } from "./cdks-own.ts";
import { ClusterAccess } from "./cluster-access.ts";
import type { Configuration } from "./configuration.ts";
import { Data } from "./data.ts";
import { Functions } from "./functions.ts";
import { SignIn } from "./sign-in.ts";
import { Web } from "./web.ts";

export class Headgate extends Stack {
  /** @param props.build folder with functions/<name>/index.mjs and page/index.html */
  constructor(scope: Construct, id: string, props: StackProps & { configuration: Configuration; build: string }) {
    super(scope, id, { description: "Headgate: a science gateway for Slurm clusters", ...props });
    const { configuration, build } = props;

    const data = new Data(this, "Data");
    const { store, table, queues } = data;
    const clusters = new ClusterAccess(this, "Clusters", {
      clusters: configuration.clusters,
      batches: store.batches,
      results: store.results,
    });
    const api = new Api(this, "Api");
    const web = new Web(this, "Web", { bucket: store.page, apiHost: api.host, pageFolder: join(build, "page") });
    const signIn = new SignIn(this, "SignIn", { pageOrigin: web.origin, prefix: configuration.signInPrefix });

    const functions = new Functions(this, "Functions", {
      data,
      clusters,
      bundles: join(build, "functions"),
      mailFrom: configuration.mailFrom,
      environment: {
        TABLE: table.tableName,
        INPUTS_BUCKET: store.inputs.bucketName,
        RESULTS_BUCKET: store.results.bucketName,
        BATCHES_BUCKET: store.batches.bucketName,
        DISPATCH_QUEUE_URL: queues.dispatch.queueUrl,
        DOCUMENT: clusters.documentName,
        CLUSTERS: JSON.stringify(configuration.clusters),
        USER_POOL_ID: signIn.userPoolId,
        PAGE_CLIENT_ID: signIn.pageClientId,
        CLI_CLIENT_ID: signIn.cliClientId,
        PAGE_ORIGIN: web.origin,
        SIGN_IN_ORIGIN: signIn.origin,
        SCALE: String(configuration.scale),
        SITE_NAME: configuration.siteName,
        SITE_SETTINGS: JSON.stringify({
          ...(configuration.mailFrom === undefined ? {} : { mailFrom: configuration.mailFrom }),
          returnOrigins: configuration.returnOrigins,
        }),
      },
    });
    api.answerWith(functions.api);

    const outputs = {
      TableName: table.tableName,
      InputsBucket: store.inputs.bucketName,
      ResultsBucket: store.results.bucketName,
      BatchesBucket: store.batches.bucketName,
      PageBucket: store.page.bucketName,
      DispatchQueueUrl: queues.dispatch.queueUrl,
      ReceiptsQueueUrl: queues.receipts.queueUrl,
      UserPoolId: signIn.userPoolId,
      PageClientId: signIn.pageClientId,
      CliClientId: signIn.cliClientId,
      DocumentName: clusters.documentName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });

    acknowledgeCdksOwn(this, store.page);
  }
}
