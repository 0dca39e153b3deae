// What is used of SQS's SDK, in one place, so that it is loaded when it is first used and not at a cold start.
// biome-ignore lint/performance/noBarrelFile: import() would otherwise take the whole package along
export { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
