// What is used of S3's SDK, in one place, so that it is loaded when it is first used and not at a cold start.
// biome-ignore-start lint/performance/noBarrelFile: import() would otherwise take the whole package along
export {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
export { getSignedUrl } from "@aws-sdk/s3-request-presigner";
// biome-ignore-end lint/performance/noBarrelFile: see above
