// `npm run check`: formatting, lint, types, walls, dead code, unit tests.
import { handOver, install } from "../infra/local/install.mjs";

install();
handOver("test/check.ts", process.argv.slice(2));
