// Signing in and out: authorization code with PKCE at the site's own sign-in, tokens kept for this tab only.
import { ErrorResponse, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { Site } from "../../shared/contract/catalogue.ts";

/** Renewed this long before it ends (s). */
const renewBefore = 60;
/** Of what a token endpoint says of itself where it gives no token, these pass; any other is its last word (RFC 6749, 4.1.2.1 and 5.2). */
const passing = new Set<string | null>(["temporarily_unavailable", "server_error"]);

export class Session {
  private readonly site: Site;
  private readonly manager: UserManager;
  private renewal: Promise<User | null> | undefined;

  constructor(site: Site) {
    this.site = site;
    this.manager = new UserManager({
      authority: site.issuer,
      client_id: site.clientId,
      redirect_uri: `${location.origin}/`,
      response_type: "code",
      scope: "openid email profile",
      automaticSilentRenew: false,
      monitorSession: false,
      // the issuer's own discovery document is not fetched: what it would say is known
      metadata: {
        issuer: site.issuer,
        authorization_endpoint: `${site.signIn}/oauth2/authorize`,
        token_endpoint: `${site.signIn}/oauth2/token`,
        revocation_endpoint: `${site.signIn}/oauth2/revoke`,
      },
      userStore: new WebStorageStateStore({ store: sessionStorage }),
      stateStore: new WebStorageStateStore({ store: sessionStorage }),
    });
  }

  /** Ends a sign-in that the address bar brings back, and puts the address where it was before. Throws what was wrong. */
  async resume(): Promise<void> {
    const query = new URLSearchParams(location.search);
    if (!query.has("state") || !(query.has("code") || query.has("error"))) return;
    let before = "/";
    try {
      const user = await this.manager.signinRedirectCallback();
      if (typeof user.state === "string" && /^\/(?!\/)/.test(user.state)) before = user.state;
    } finally {
      history.replaceState(null, "", before);
    }
  }

  /** Leaves for the sign-in page; comes back to where the person is now. */
  signIn(): Promise<void> {
    return this.manager.signinRedirect({ state: location.pathname + location.search + location.hash });
  }

  /**
   * A valid access token, renewed where it is about to end; undefined where nobody is signed in, or the sign-in has ended.
   * Throws a TypeError, as fetch does, where the token has ended and the renewal did not get through: it may later.
   */
  async token(): Promise<string | undefined> {
    const user = await this.manager.getUser();
    if (!user) return undefined;
    if ((user.expires_in ?? 0) > renewBefore) return user.access_token;
    this.renewal ??= this.renew(user).finally(() => {
      this.renewal = undefined;
    });
    try {
      return (await this.renewal)?.access_token;
    } catch (error) {
      if (!user.expired) return user.access_token;
      throw new TypeError("the sign-in could not be renewed", { cause: error });
    }
  }

  /** Forgets the tokens, ends the refresh token, and ends the session that the sign-in page keeps, so that somebody else can sign in. */
  async signOut(): Promise<void> {
    await this.manager.revokeTokens(["refresh_token"]).catch(() => undefined);
    await this.manager.removeUser();
    const query = new URLSearchParams({ client_id: this.site.clientId, logout_uri: `${location.origin}/` });
    location.assign(`${this.site.signIn}/logout?${query}`);
  }

  /** Forgets the tokens without going anywhere: the API said that they are no good. */
  async forget(): Promise<void> {
    await this.manager.removeUser();
  }

  /** The sign-in with a new token; null where it has ended. Throws where no answer came: a page left in the midst of it stays signed in. */
  private async renew(user: User): Promise<User | null> {
    if (!user.refresh_token) return await this.end();
    try {
      // a refresh brings no new id_token everywhere, and an old one would be held against the answer
      const { id_token: _, ...rest } = user;
      await this.manager.storeUser(Object.assign(Object.create(Object.getPrototypeOf(user)), rest) as User);
      return await this.manager.signinSilent();
    } catch (error) {
      if (error instanceof ErrorResponse && !passing.has(error.error)) return await this.end();
      throw error;
    }
  }

  private async end(): Promise<null> {
    await this.manager.removeUser();
    return null;
  }
}
