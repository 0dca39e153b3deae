// The head node's S3 client against a server that behaves as no S3 should.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openObjects } from "../../../functions/headnode/objects.ts";

describe("the head node's S3", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("gives up a connection on which nothing comes back, and writes the object by another", async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume();
      asked += 1;
      // the first one is never answered
      if (asked > 1) request.once("end", () => response.writeHead(200, { etag: '"x"' }).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
    const objects = openObjects({ region: "eu-west-1", patience: { stallSeconds: 0.3 } });

    const written = await objects.put("results", "key", "text", { type: "text/plain", once: true });

    expect(written).toBe(true);
    expect(asked).toBe(2);
    objects.close();
    server.closeAllConnections();
    server.close();
  });
});
