// `npm start`: installs where needed, then runs the cloud on this machine.
import { handOver, install } from "./install.mjs";

const seconds = install();
handOver("infra/local/main.ts", process.argv.slice(2), { HEADGATE_INSTALL_SECONDS: String(seconds) });
