// A server in a process of its own, for tests that kill it: `node child-server.ts DIR REGION SECRET` prints its address.
import { startS3 } from "../../../../infra/local/s3/server.ts";

const [dir, region, secretAccessKey] = process.argv.slice(2);
if (!dir || !region || !secretAccessKey) throw new Error("expected a folder, a region and a secret");
const server = await startS3({
  dir,
  port: 0,
  region,
  credentials: () => ({ secretAccessKey }),
  judge: () => ({ allowed: true }),
  onEvent: () => undefined,
});
server.createBucket("box");
process.stdout.write(`${server.url}\n`);
