// An HTTP port of 127.0.0.1 that is taken at once and answered later, when what is behind it is ready.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

export type Port = { url: string; answerWith(listener: RequestListener): void; close(): Promise<void> };

/** Listens (0: any free port). Until it is told who answers, it answers 503. */
export async function openPort(port: number): Promise<Port> {
  let listener: RequestListener = (_, response) => {
    response.writeHead(503, { "content-type": "text/plain", "retry-after": "1" }).end("Starting.\n");
  };
  const server = createServer((request, response) => listener(request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerWith: (next) => {
      listener = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
