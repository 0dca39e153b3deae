// The judge as the small S3 asks it: with the bucket's own policy, and without recording what is only a probe.
import type { S3Call, S3Verdict } from "../s3/types.ts";
import type { Judge, PolicyDocument } from "./judge.ts";

/** Set by S3 where it only wants to know, as when a missing key is to answer 404 or 403. */
const probeKey = "headgate:probe";

/** An S3 judge callback; `bucketPolicies` are those of a bucket by its name. */
export function judgeS3({
  judge,
  bucketPolicies,
}: {
  judge: Judge;
  bucketPolicies: (bucket: string) => PolicyDocument[];
}): (call: S3Call) => S3Verdict {
  return ({ accessKeyId, action, resource, context: { [probeKey]: probe, ...context } }) => {
    const bucket = /^arn:[^:]*:s3:::([^/]+)/.exec(resource)?.[1] ?? "";
    const verdict = judge.judge({
      accessKeyId,
      action,
      resources: [resource],
      context,
      resourcePolicies: bucketPolicies(bucket),
      recorded: probe === undefined,
    });
    return verdict.allowed ? { allowed: true } : { allowed: false, message: verdict.message };
  };
}
