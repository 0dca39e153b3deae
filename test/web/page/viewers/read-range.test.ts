import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readRange } from "../../../../web/page/viewers/read-range.ts";

const whole = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));
const servers: Server[] = [];
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** As S3 and the API answer a range. */
function sendRange(request: IncomingMessage, response: ServerResponse) {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from);
  if (start >= whole.length) return response.writeHead(416, { "content-range": `bytes */${whole.length}` }).end();
  const bytes = whole.subarray(start, Number(to) + 1);
  return response
    .writeHead(206, { "content-range": `bytes ${start}-${start + bytes.length - 1}/${whole.length}` })
    .end(bytes);
}
const file = { href: "/v1/jobs/x/files/y", size: whole.length };
const token = () => "secret";

describe("a piece of a file", () => {
  it("comes from the API itself, with the token", async () => {
    const seen: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      seen.push(request.headers.authorization, request.url);
      sendRange(request, response);
    });
    const piece = await readRange({ origin, token }, file, 10, 20);
    expect([...piece.bytes]).toEqual([...whole.subarray(10, 20)]);
    expect(piece.total).toBe(1_000);
    expect(seen).toEqual(["Bearer secret", "/v1/jobs/x/files/y"]);
  });

  it("comes by a redirect from elsewhere, without the token and with the range", async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers.range);
      sendRange(request, response);
    });
    const origin = await serve(
      (_request, response) => void response.writeHead(302, { location: `${other}/object?signed` }).end(),
    );
    const piece = await readRange({ origin, token }, file, 990, 5_000);
    expect([...piece.bytes]).toEqual([...whole.subarray(990)]);
    expect(seen).toEqual([undefined, "bytes=990-4999"]);
  });

  it("is cut out where all is sent, and no more is read than needed", async () => {
    const origin = await serve(
      (_request, response) => void response.writeHead(200, { "content-length": whole.length }).end(whole),
    );
    const piece = await readRange({ origin }, file, 100, 120);
    expect([...piece.bytes]).toEqual([...whole.subarray(100, 120)]);
    expect(piece.total).toBe(1_000);
  });

  it("is empty beyond the end, and where nothing is asked for", async () => {
    const origin = await serve((request, response) => void sendRange(request, response));
    expect((await readRange({ origin }, { ...file, size: 5_000 }, 2_000, 2_100)).bytes).toHaveLength(0);
    expect((await readRange({ origin }, { ...file, size: 5_000 }, 2_000, 2_100)).total).toBe(1_000);
    expect(await readRange({ origin: "http://127.0.0.1:1" }, file, 5, 5)).toMatchObject({ total: 1_000 });
    expect(await readRange({ origin: "http://127.0.0.1:1" }, { href: "/", size: 0 }, 0, 100)).toMatchObject({
      total: 0,
    });
  });

  it("is asked for again where the server is away for a moment, and refused in the API's words", async () => {
    let asked = 0;
    const origin = await serve((request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end();
      else sendRange(request, response);
    });
    expect((await readRange({ origin }, file, 0, 3)).bytes).toHaveLength(3);
    const refusing = await serve(
      (_request, response) =>
        void response.writeHead(404, { "content-type": "application/problem+json" }).end(
          JSON.stringify({
            type: "/problems/not-found",
            title: "Not found",
            status: 404,
            code: "not-found",
            detail: "there is no such file",
          }),
        ),
    );
    await expect(readRange({ origin: refusing }, file, 0, 3)).rejects.toThrow("there is no such file");
  });
});
