// The Lambda that answers people: adapters made once, from the environment, then the HTTP edge.
import "../../shared/contract/no-eval.ts";
import { clock } from "../../shared/aws/clock.ts";
import { clusterTable } from "../../shared/aws/cluster-table.ts";
import { ambient, parseClusters, parseScale, parseSiteSettings, readEnv } from "../../shared/aws/env.ts";
import { idempotencyTable } from "../../shared/aws/idempotency-table.ts";
import { jobTable } from "../../shared/aws/job-table.ts";
import { objects } from "../../shared/aws/objects.ts";
import { personTable } from "../../shared/aws/person-table.ts";
import { dispatchQueue } from "../../shared/aws/queues.ts";
import { openTable } from "../../shared/aws/table.ts";
import { tokenTable } from "../../shared/aws/token-table.ts";
import { profileReader, tokenVerifier } from "../../shared/aws/tokens.ts";
import { functions } from "../../shared/functions.ts";
import { authenticator } from "../edge/authenticate.ts";
import { httpHandler } from "../edge/http.ts";
import { operations } from "./operations.ts";
import type { ApiParts } from "./parts.ts";

const env = readEnv(functions.api.environment);
const { region, localJwks, localCognito } = ambient();
const settings = parseSiteSettings(env.SITE_SETTINGS);
const table = openTable(env.TABLE);
const people = personTable(table);
const tokens = tokenTable(table);
const clientIds = [env.PAGE_CLIENT_ID, env.CLI_CLIENT_ID];
const cognito = localCognito ?? `https://cognito-idp.${region}.amazonaws.com`;
const signIn = localCognito ?? env.SIGN_IN_ORIGIN;

const parts: ApiParts = {
  jobs: jobTable(table),
  people,
  tokens,
  keys: idempotencyTable(table),
  clusterTable: clusterTable(table),
  inputs: objects(env.INPUTS_BUCKET),
  results: objects(env.RESULTS_BUCKET),
  dispatch: dispatchQueue(env.DISPATCH_QUEUE_URL),
  clusters: parseClusters(env.CLUSTERS),
  site: {
    name: env.SITE_NAME,
    version: "1",
    region,
    issuer: `https://cognito-idp.${region}.amazonaws.com/${env.USER_POOL_ID}`,
    cognito,
    signIn,
    clientId: env.PAGE_CLIENT_ID,
    cliClientId: env.CLI_CLIENT_ID,
    mail: settings.mailFrom !== undefined,
    returnOrigins: settings.returnOrigins,
  },
  scale: parseScale(env.SCALE),
  now: clock,
};

export const handler = httpHandler({
  operations,
  parts,
  authenticate: authenticator({
    people,
    tokens,
    verify: tokenVerifier({ userPoolId: env.USER_POOL_ID, clientIds, localJwks }),
    profile: profileReader({ cognito, signIn }),
  }),
  pageOrigin: env.PAGE_ORIGIN,
});
