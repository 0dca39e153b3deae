// What erasing uses of S3's SDK, in one place of its own: no other function carries it.
// biome-ignore-start lint/performance/noBarrelFile: import() would otherwise take the whole package along
export {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
// biome-ignore-end lint/performance/noBarrelFile: see above
