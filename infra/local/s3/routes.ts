// Which operation a request asks for, and which IAM action it needs.
import { type Answer, arn, type Call, xmlAnswer } from "./call.ts";
import { completeUpload } from "./complete-upload.ts";
import { copyPart } from "./copy-part.ts";
import { deleteObject, deleteObjects } from "./delete-objects.ts";
import { S3Error } from "./errors.ts";
import { getObject } from "./get-object.ts";
import { listObjects } from "./list-objects.ts";
import { abortUpload, createUpload, listParts, listUploads, uploadPart } from "./multipart.ts";
import { copyObject, putObject } from "./put-object.ts";
import type { S3Request } from "./request.ts";
import { escapeXml, xmlDocument } from "./xml.ts";

type Operation = {
  /** Undefined where the operation judges each of many things by itself. */
  action: string | undefined;
  resource: string;
  run: (call: Call) => Promise<Answer>;
};

/** Parts of the address that make it another operation; those not among the routes are refused, not mistaken. */
const subresources = new Set(
  "accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle location logging metadataTable metrics notification object-lock ownershipControls partNumber policy policyStatus publicAccessBlock rename renameObject replication requestPayment restore retention select session tagging torrent uploadId uploads versionId versioning versions website".split(
    " ",
  ),
);

async function headBucket({ region }: Call): Promise<Answer> {
  return { status: 200, headers: { "x-amz-bucket-region": region, "content-type": "application/xml" } };
}

async function bucketLocation({ region }: Call): Promise<Answer> {
  if (region !== "us-east-1") {
    const body = xmlDocument("LocationConstraint", escapeXml(region));
    return { status: 200, headers: { "content-type": "application/xml" }, body };
  }
  return xmlAnswer("LocationConstraint", "");
}

function bucketOperation(method: string, part: string): Omit<Operation, "resource"> | undefined {
  switch (`${method} ${part}`.trim()) {
    case "GET":
      return { action: "s3:ListBucket", run: listObjects };
    case "HEAD":
      return { action: "s3:ListBucket", run: headBucket };
    case "GET location":
      return { action: "s3:GetBucketLocation", run: bucketLocation };
    case "GET uploads":
      return { action: "s3:ListBucketMultipartUploads", run: listUploads };
    case "POST delete":
      return { action: undefined, run: deleteObjects };
    default:
      return undefined;
  }
}

function objectOperation(method: string, part: string, copy: boolean): Omit<Operation, "resource"> | undefined {
  switch (`${method} ${part}`.trim()) {
    case "GET":
    case "HEAD":
      return { action: "s3:GetObject", run: getObject };
    case "PUT":
      return { action: "s3:PutObject", run: copy ? copyObject : putObject };
    case "DELETE":
      return { action: "s3:DeleteObject", run: deleteObject };
    case "POST uploads":
      return { action: "s3:PutObject", run: createUpload };
    case "PUT partNumber uploadId":
      return { action: "s3:PutObject", run: copy ? copyPart : uploadPart };
    case "POST uploadId":
      return { action: "s3:PutObject", run: completeUpload };
    case "DELETE uploadId":
      return { action: "s3:AbortMultipartUpload", run: abortUpload };
    case "GET uploadId":
      return { action: "s3:ListMultipartUploadParts", run: listParts };
    default:
      return undefined;
  }
}

/** The operation of a request. Throws NotImplemented for the rest of S3, MethodNotAllowed for what S3 has not. */
export function route(request: S3Request): Operation {
  const { method, bucket, key } = request;
  const names = request.query.map(([name]) => name).filter((name) => subresources.has(name));
  // A bucket without versions has just the version "null".
  const part = [...new Set(names)]
    .filter((name) => name !== "versionId" || request.param(name) !== "null")
    .sort()
    .join(" ");
  if (!["GET", "HEAD", "PUT", "POST", "DELETE"].includes(method)) {
    throw new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      Method: method,
    });
  }
  const copy = request.field("x-amz-copy-source") !== undefined;
  const found = key === "" ? bucketOperation(method, part) : objectOperation(method, part, copy);
  if (found) return { ...found, resource: key === "" ? arn(bucket) : arn(bucket, key) };
  throw new S3Error(
    "NotImplemented",
    `${method} on ${key === "" ? "a bucket" : "an object"} ${part && `with ?${part} `}is not implemented here`,
    {
      Method: method,
    },
  );
}
