// Cognito's requests as IAM sees them: what a signed-out person may ask needs no signature, the rest is per pool.
import { type Body, type DerivedCall, type Place, textOf, UnknownOperation } from "./derived-call.ts";

const open = new Set([
  "AssociateSoftwareToken",
  "ChangePassword",
  "ConfirmDevice",
  "ConfirmForgotPassword",
  "ConfirmSignUp",
  "DeleteUser",
  "DeleteUserAttributes",
  "ForgetDevice",
  "ForgotPassword",
  "GetDevice",
  "GetTokensFromRefreshToken",
  "GetUser",
  "GetUserAttributeVerificationCode",
  "GlobalSignOut",
  "InitiateAuth",
  "ListDevices",
  "ResendConfirmationCode",
  "RespondToAuthChallenge",
  "RevokeToken",
  "SetUserMFAPreference",
  "SetUserSettings",
  "SignUp",
  "UpdateDeviceStatus",
  "UpdateUserAttributes",
  "VerifySoftwareToken",
  "VerifyUserAttribute",
]);
const poolless = ["CreateUserPool", "DescribeUserPoolDomain", "ListUserPools"];

/** Whether Cognito answers this without IAM: the body carries a token or password of its own. */
export function isOpen(operation: string): boolean {
  return open.has(operation);
}

/** The calls to judge for one request. Throws UnknownOperation where it names no user pool. */
export function cognitoCalls(operation: string, body: Body, { region, account }: Place): DerivedCall[] {
  if (!/^[A-Z][A-Za-z]+$/.test(operation)) throw new UnknownOperation(`"${operation}" is no operation of Cognito`);
  const pool = () => `arn:aws:cognito-idp:${region}:${account}:userpool/${textOf(body, "UserPoolId", operation)}`;
  const resource = poolless.includes(operation) ? "*" : pool();
  return [{ action: `cognito-idp:${operation}`, resources: [resource], context: {} }];
}
