import { describe, expect, it } from "vitest";
import type { CorsRule } from "../../../../infra/local/s3/server.ts";
import { runS3 } from "./running.ts";

const page: CorsRule = {
  allowedOrigins: ["http://127.0.0.1:8080", "https://*.example.org"],
  allowedMethods: ["GET", "PUT"],
  allowedHeaders: ["content-type", "x-amz-*"],
  exposedHeaders: ["ETag"],
  maxAge: 300,
};
const anyone: CorsRule = { allowedOrigins: ["*"], allowedMethods: ["HEAD"], allowedHeaders: ["*"], exposedHeaders: [] };

async function preflight(url: string, origin: string | undefined, method: string, headers?: string) {
  const response = await fetch(url, {
    method: "OPTIONS",
    headers: {
      ...(origin && { origin }),
      "access-control-request-method": method,
      ...(headers && { "access-control-request-headers": headers }),
    },
  });
  return { status: response.status, text: await response.text(), header: (name: string) => response.headers.get(name) };
}

describe("CORS", () => {
  it("lets a preflight pass that a rule allows, without credentials", async () => {
    const { server, calls } = await runS3({ cors: [page, anyone] });
    const allowed = await preflight(
      `${server.url}/box/a%20b`,
      "http://127.0.0.1:8080",
      "PUT",
      "Content-Type, X-Amz-Meta-A",
    );
    expect(allowed.status).toBe(200);
    expect(allowed.header("access-control-allow-origin")).toBe("http://127.0.0.1:8080");
    expect(allowed.header("access-control-allow-methods")).toBe("GET, PUT");
    expect(allowed.header("access-control-allow-headers")).toBe("content-type, x-amz-meta-a");
    expect(allowed.header("access-control-expose-headers")).toBe("ETag");
    expect(allowed.header("access-control-max-age")).toBe("300");
    expect(allowed.header("vary")).toContain("Origin");
    expect((await preflight(`${server.url}/box/k`, "https://a.example.org", "GET")).status).toBe(200);
    const star = await preflight(`${server.url}/box/k`, "http://elsewhere", "HEAD", "anything");
    expect([star.status, star.header("access-control-allow-origin")]).toEqual([200, "*"]);
    expect(calls).toEqual([]);
  });

  it("refuses the rest", async () => {
    const { server } = await runS3({ cors: [page] });
    const refused = [
      await preflight(`${server.url}/box/k`, "http://127.0.0.1:8081", "PUT"),
      await preflight(`${server.url}/box/k`, "http://127.0.0.1:8080", "DELETE"),
      await preflight(`${server.url}/box/k`, "http://127.0.0.1:8080", "PUT", "authorization"),
      await preflight(`${server.url}/box/k`, "https://example.org", "GET"),
    ];
    for (const { status, text, header } of refused) {
      expect([status, header("access-control-allow-origin")]).toEqual([403, null]);
      expect(text).toContain("<Code>AccessForbidden</Code>");
    }
    expect((await preflight(`${server.url}/box/k`, undefined, "PUT")).status).toBe(400);
    const { server: bare } = await runS3();
    expect((await preflight(`${bare.url}/box/k`, "http://127.0.0.1:8080", "GET")).text).toContain(
      "CORS is not enabled",
    );
  });

  it("marks actual answers, errors too, so that a page can read why it was refused", async () => {
    const { server } = await runS3({ cors: [page] });
    const refused = await fetch(`${server.url}/box/k`, { headers: { origin: "http://127.0.0.1:8080" } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([
      403,
      "http://127.0.0.1:8080",
    ]);
    const foreign = await fetch(`${server.url}/box/k`, { headers: { origin: "http://elsewhere" } });
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
  });
});
