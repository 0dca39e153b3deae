// The client's upload in a real Chromium: the signed headers, the bytes, and how far it is.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { expect, it } from "vitest";

const executablePath = "/usr/bin/chromium";
const size = 8_000_000;

it.skipIf(!existsSync(executablePath))("tells how much was sent, and sends what was signed", async () => {
  const puts: { headers: NodeJS.Dict<string | string[]>; sha256: string }[] = [];
  const server = createServer((request, response) => {
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => hash.update(chunk));
    request.on("end", () => {
      if (request.method === "PUT") {
        puts.push({ headers: request.headers, sha256: hash.digest("hex") });
        return response.writeHead(200).end();
      }
      if (request.url !== "/v1/uploads")
        return response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
      const headers = { "content-type": "text/plain", "if-none-match": "*", "content-length": String(size) };
      const upload = {
        id: "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z",
        method: "PUT",
        url: `${origin}/key?signed`,
        headers,
        expiresAt: "2026-01-01T00:00:00.000Z",
      };
      return response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(upload));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = path.resolve(import.meta.dirname, "../../web/client/gateway-client.ts");
  const bundle = await build({
    entryPoints: [client],
    bundle: true,
    format: "iife",
    globalName: "gateway",
    write: false,
    mainFields: ["module", "main"],
  });
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const page = await browser.newPage();
    await page.goto(origin);
    const told = await page.evaluate<{ id: string; sent: number[] }>(`${bundle.outputFiles[0]?.text};(async () => {
      const sent = [];
      const body = new Blob([new Uint8Array(${size}).fill(7)], { type: "image/png" });
      const client = new gateway.GatewayClient({ origin: location.origin, token: () => "secret" });
      const id = await client.upload({ name: "a.txt", body, type: "text/plain" }, { onProgress: (bytes) => sent.push(bytes) });
      return { id, sent };
    })()`);

    expect(told.id).toBe("01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z");
    expect(told.sent.at(-1)).toBe(size);
    expect(told.sent).toEqual(told.sent.toSorted((a, b) => a - b));
    expect(puts).toHaveLength(1);
    expect(puts[0]?.headers).toMatchObject({
      "content-type": "text/plain",
      "if-none-match": "*",
      "content-length": String(size),
    });
    expect(puts[0]?.headers.authorization).toBeUndefined();
    expect(puts[0]?.sha256).toBe(createHash("sha256").update(Buffer.alloc(size, 7)).digest("hex"));
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
