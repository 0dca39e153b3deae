// What is used of SES's SDK, in one place, so that it is loaded when the first mail is sent.
// biome-ignore lint/performance/noBarrelFile: import() would otherwise take the whole package along
export { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
