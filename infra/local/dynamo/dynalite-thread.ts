// dynalite in a thread of its own: tables in LevelDB on disk, so that what was acknowledged survives kill -9.

import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

type Dynalite = (options: {
  path: string;
  createTableMs: number;
  deleteTableMs: number;
  updateTableMs: number;
}) => Server;

const port = parentPort;
if (!port) throw new Error("dynalite runs in a worker thread");
const { folder, modules, listen } = workerData as { folder: string; modules: string; listen: number };
const dynalite = createRequire(modules)("dynalite") as Dynalite;
const server = dynalite({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.once("error", (cause) => {
  throw cause;
});
server.listen(listen, "127.0.0.1", () => port.postMessage((server.address() as AddressInfo).port));
port.once("message", () => {
  // LevelDB's lock belongs to the process: it must be given back before this thread ends.
  server.close(() => {
    port.postMessage("closed");
    port.close();
  });
  server.closeAllConnections();
});
