// TCP ports of 127.0.0.1 that nobody uses, outside the range from which the kernel gives out its own.
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Whether a server could listen there now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** That many different free ports between 10,000 and 32,000. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 20 * count + 200) throw new Error(`no ${count} free ports found between 10000 and 32000 on 127.0.0.1`);
    const port = randomInt(10_000, 32_000);
    if (!ports.has(port) && (await isPortFree(port))) ports.add(port);
  }
  return [...ports];
}
