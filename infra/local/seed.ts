// Demo people: signed up at Cognito, approved and mapped to Unix accounts by the administrator through the API.
import { ApiError, call, signIn } from "./api-client.ts";

export type DemoUser = { email: string; handle: string; password: string; groups: string[] };

/** The demo people of a local start. Their passwords are public: the stack listens on the loopback address only. */
export const demoUsers: readonly DemoUser[] = [
  { email: "admin@example.org", handle: "admin", password: "Headgate-admin-1", groups: ["admins"] },
  { email: "alice@example.org", handle: "alice", password: "Headgate-alice-1", groups: [] },
  { email: "bob@example.org", handle: "bob", password: "Headgate-bob-1", groups: [] },
];

type Me = { id: string; status: string; accounts: Record<string, string> };

/**
 * Makes the demo people able to work: each signs in once (which creates the person), the administrator approves them and
 * sets their Unix account on each cluster. What is right already is left alone.
 */
export async function seedPeople(o: {
  api: string;
  cognito: string;
  clientId: string;
  seedUser: (user: DemoUser) => Promise<void>;
  /** Unix account by handle and cluster; undefined: none is set. */
  account: (handle: string, cluster: string) => string | undefined;
  clusters: readonly string[];
}): Promise<void> {
  let adminToken: string | undefined;
  for (const user of demoUsers) {
    const signInOnce = () => signIn(o.cognito, o.clientId, user.email, user.password);
    const token = await signInOnce().catch(async (error) => {
      if (!(error instanceof ApiError)) throw error;
      await o.seedUser(user);
      return await signInOnce();
    });
    const me = await call<Me>(o.api, token, "GET", "/v1/me");
    if (user.groups.includes("admins")) adminToken = token;
    const accounts: Record<string, string> = {};
    for (const cluster of o.clusters) {
      const account = o.account(user.handle, cluster);
      if (account !== undefined) accounts[cluster] = account;
    }
    const right = me.status === "active" && Object.entries(accounts).every(([id, name]) => me.accounts[id] === name);
    if (right) continue;
    if (!adminToken) throw new Error("the administrator could not sign in, so nobody can be approved");
    const change = me.status === "active" ? { accounts } : { status: "active", accounts };
    await call(o.api, adminToken, "PATCH", `/v1/people/${me.id}`, change);
  }
}
