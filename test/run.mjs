// `npm test`: installs where needed, then runs every test that this machine can run.
import { handOver, install } from "../infra/local/install.mjs";

install();
handOver("test/run.ts", process.argv.slice(2));
