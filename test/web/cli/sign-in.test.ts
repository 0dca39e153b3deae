// `headgate login`, what it keeps, and how commands end that a site refuses.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problem, type StubSite, startStubSite } from "./stub-site.ts";

let site: StubSite;
beforeEach(async () => {
  site = await startStubSite();
});
afterEach(() => site.stop());

describe("signing in", () => {
  const kept = () =>
    JSON.parse(readFileSync(site.here("config/headgate/sites.json"), "utf8")) as {
      current: string;
      sites: Record<string, { expiresAt: number }>;
    };
  /** A site whose sign-in gives access tokens that end at once. */
  function cognito() {
    const asked: { operation: string; body: Record<string, unknown> }[] = [];
    let given = 0;
    site.on(({ path: at, headers, body }) => {
      if (at === "/v1/site") return { body: { name: "Stub", cognito: `${site.origin}/cognito`, cliClientId: "cli" } };
      if (at !== "/cognito") return undefined;
      const operation = String(headers["x-amz-target"]).split(".")[1] ?? "";
      asked.push({ operation, body: JSON.parse(body.toString()) as Record<string, unknown> });
      if (JSON.stringify(asked.at(-1)?.body).includes("wrong"))
        return { status: 400, body: { __type: "NotAuthorizedException", message: "Incorrect username or password." } };
      given += 1;
      return {
        body: { AuthenticationResult: { AccessToken: `access-${given}`, RefreshToken: "refresh", ExpiresIn: 30 } },
      };
    });
    return asked;
  }
  const without = { HEADGATE_API: "", HEADGATE_TOKEN: "" };

  it("keeps what it got in a file of the person's own, renews it when it ends, and ends it", async () => {
    const asked = cognito();
    const { code, out } = await site.run(
      ["login", "--api", site.origin, "--name", "s", "--user", "a@b", "--password", "p w"],
      without,
    );
    expect([code, out]).toEqual([0, `signed in at Stub (${site.origin}, called s) as alice@example.org\n`]);
    expect(statSync(site.here("config/headgate/sites.json")).mode & 0o777).toBe(0o600);
    expect(asked[0]?.body).toMatchObject({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: "cli",
      AuthParameters: { USERNAME: "a@b", PASSWORD: "p w" },
    });

    expect((await site.run(["whoami", "--json"], without)).code).toBe(0);
    expect(asked[1]?.body).toMatchObject({
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: "refresh" },
    });
    expect(site.sent.at(-1)?.headers.authorization).toBe("Bearer access-2");
    expect(readdirSync(site.here("config/headgate"))).toEqual(["sites.json"]);

    expect((await site.run(["logout"], without)).code).toBe(0);
    expect(asked.at(-1)).toEqual({ operation: "RevokeToken", body: { ClientId: "cli", Token: "refresh" } });
    expect(kept()).toEqual({ sites: {} });
    expect((await site.run(["whoami"], without)).code).toBe(3);
  });

  it("knows several sites, and is refused with a wrong password", async () => {
    cognito();
    const login = (...more: string[]) => site.run(["login", "--api", site.origin, ...more], without);
    expect(await login("--user", "a@b", "--password", "wrong")).toMatchObject({
      code: 3,
      said: "headgate: Incorrect username or password.\n",
    });
    await login("--name", "one", "--token", "hg_1");
    await login("--name", "two", "--token", "hg_2");
    await site.run(["whoami"], without);
    expect(site.sent.at(-1)?.headers.authorization).toBe("Bearer hg_2");
    await site.run(["whoami", "--site", "one"], without);
    expect(site.sent.at(-1)?.headers.authorization).toBe("Bearer hg_1");
    await site.run(["use", "one"], without);
    expect(JSON.parse((await site.run(["sites", "--json"], without)).out)).toMatchObject({
      sites: [{ name: "one", current: true }, { name: "two" }],
    });
    expect(await site.run(["use", "three"], without)).toMatchObject({
      code: 2,
      said: expect.stringContaining("one of one, two"),
    });
  });

  it.each(["http://example.org", "ftp://x", "https://a@b", "https://h/path", "nonsense"])(
    "sends no password to %s",
    async (api) => {
      const { code } = await site.run(["login", "--api", api, "--user", "a", "--password", "p"], without);
      expect(code).toBe(2);
    },
  );
});

describe("errors", () => {
  it("end with a code of their kind", async () => {
    const ends = async (status: number, code: string) => {
      site.on(() => problem(status, code, "words", [{ field: "a.b", value: "1", accepted: "2" }]));
      return await site.run(["whoami"]);
    };
    expect(await ends(401, "unauthenticated")).toEqual({
      code: 3,
      out: "",
      said: "headgate: words\nsign in with: headgate login\n  a.b is 1; accepted is 2\n",
    });
    expect((await ends(403, "account-waiting")).code).toBe(3);
    expect((await ends(404, "not-found")).code).toBe(4);
    expect((await ends(422, "invalid-request")).code).toBe(5);
    expect((await ends(409, "results-not-available")).code).toBe(7);
    expect(await site.run(["whoami"], { HEADGATE_API: "http://127.0.0.1:2" })).toMatchObject({
      code: 6,
      said: expect.stringContaining("the site does not answer: connect ECONNREFUSED"),
    });
    expect((await site.run(["whoami"], { HEADGATE_API: "" })).code).toBe(3);
  });
});
