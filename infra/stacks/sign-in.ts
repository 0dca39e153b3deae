// Who people are: the Cognito user pool, its sign-in pages, and a client each for the page and the command line.
import { Aws, Duration, Fn, RemovalPolicy } from "aws-cdk-lib";
import {
  AccountRecovery,
  CfnUserPoolGroup,
  Mfa,
  OAuthScope,
  UserPool,
  UserPoolClient,
  UserPoolClientIdentityProvider,
} from "aws-cdk-lib/aws-cognito";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

const tokenTimes = {
  accessTokenValidity: Duration.hours(1),
  idTokenValidity: Duration.hours(1),
  refreshTokenValidity: Duration.days(30),
};

export class SignIn extends Construct {
  readonly userPoolId: string;
  readonly pageClientId: string;
  readonly cliClientId: string;
  /** Origin of the sign-in pages. */
  readonly origin: string;

  constructor(scope: Construct, id: string, props: { pageOrigin: string; prefix: string | undefined }) {
    super(scope, id);

    const pool = new UserPool(this, "People", {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      keepOriginal: { email: true },
      standardAttributes: { email: { required: true, mutable: true } },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(pool, {
      "AwsSolutions-COG2":
        "Scientists of many institutes sign up by themselves: a second factor is offered (TOTP), not forced.",
      "AwsSolutions-COG8":
        "The Plus plan is priced per person; sign-in is bounded by Cognito's own lockout, and an administrator approves each person.",
    });
    new CfnUserPoolGroup(this, "Admins", {
      userPoolId: pool.userPoolId,
      groupName: "admins",
      description: "Seeds the first administrator; later ones are made in Headgate",
    });

    const prefix = props.prefix ?? Fn.join("-", ["headgate", Aws.ACCOUNT_ID]);
    pool.addDomain("Pages", { cognitoDomain: { domainPrefix: prefix } });
    this.origin = Fn.join("", ["https://", prefix, ".auth.", Aws.REGION, ".amazoncognito.com"]);

    // Scopes play no part in what anybody may do: the API looks the person up in its own table.
    const page = new UserPoolClient(this, "PageClient", {
      userPool: pool,
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      authFlows: { userSrp: false },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [Fn.join("", [props.pageOrigin, "/"])],
        logoutUrls: [Fn.join("", [props.pageOrigin, "/"])],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      ...tokenTimes,
    });
    const cli = new UserPoolClient(this, "CliClient", {
      userPool: pool,
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      authFlows: { userPassword: true },
      disableOAuth: true,
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      ...tokenTimes,
    });

    this.userPoolId = pool.userPoolId;
    this.pageClientId = page.userPoolClientId;
    this.cliClientId = cli.userPoolClientId;
  }
}
