// What the host hands to the small S3 and gets from it.

export type S3Call = {
  accessKeyId: string;
  sessionToken: string | undefined;
  /** "s3:PutObject" */
  action: string;
  /** arn:aws:s3:::bucket/key or arn:aws:s3:::bucket */
  resource: string;
  context: Record<string, string>;
};
export type S3Verdict = { allowed: true } | { allowed: false; message: string };
export type CorsRule = {
  allowedOrigins: string[];
  allowedMethods: string[];
  allowedHeaders: string[];
  exposedHeaders: string[];
  maxAge?: number;
};
export type ObjectEvent = {
  bucket: string;
  key: string;
  eventName:
    | "ObjectCreated:Put"
    | "ObjectCreated:CompleteMultipartUpload"
    | "ObjectCreated:Post"
    | "ObjectCreated:Copy"
    | "ObjectRemoved:Delete";
  size: number;
  etag: string;
  sequencer: string;
  time: string;
};
