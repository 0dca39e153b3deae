// What surrounds every view: the site's name, who is signed in, and where the API is described.
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import mark from "./headgate.svg";

type FrameProps = {
  site?: Site;
  person?: Person;
  signOut?: () => Promise<void>;
  /** Something is being loaded and there is nothing to show yet. */
  busy?: boolean;
  children?: ReactNode;
};

export function Frame({ site, person, signOut, busy, children }: FrameProps) {
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="bar">
        <Link href="/" className="brand">
          <img src={mark} alt="" width="28" height="28" />
          {site?.name ?? "Headgate"}
        </Link>
        {signOut && (
          <div className="who">
            {person && (
              <span className="who-name" title={person.email}>
                <span className="who-handle">{person.handle}</span> <span className="who-email">{person.email}</span>
                {person.roles.includes("admin") && <span className="tag">admin</span>}
              </span>
            )}
            <button type="button" className="quiet" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        )}
      </header>
      <main id="content" tabIndex={-1} aria-busy={busy ?? false}>
        {busy ? <p className="loading">Loading …</p> : children}
      </main>
      <footer>
        <span>Headgate {site?.version}</span>
        <a href="/v1/openapi.json">The API as an OpenAPI document</a>
      </footer>
    </>
  );
}
