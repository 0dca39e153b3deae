// What surrounds every view: the bar at the top, the way around at the side, messages, and the view itself.
// Cloudscape's AppLayout is not used: a third of the whole shell's code, and its narrow form has a fault that axe finds.
import Flashbar from "@cloudscape-design/components/flashbar";
import { type ReactNode, Suspense, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import type { Cluster, Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import type { Stale } from "./changes/use-changes.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { useShownFlashes } from "./flash.tsx";
import { staleNotices, useClusterNotices } from "./notices.tsx";
import { Loading } from "./parts.tsx";
import { TopBar } from "./top-bar.tsx";
import "./frame.css";

type FrameProps = {
  site?: Site;
  person?: Person;
  signOut?: () => Promise<void>;
  clusters?: readonly Cluster[];
  /** What is shown may be old, and why. */
  stale?: Stale | undefined;
  /** The person may go to the pages: the side says which there are. */
  pages?: boolean;
  /** Something is being loaded and there is nothing to show yet. */
  busy?: boolean;
  children?: ReactNode;
};

const pagesOfAll = [
  { href: "/", text: "Home" },
  { href: "/apps", text: "New job" },
  { href: "/jobs", text: "Jobs" },
  { href: "/clusters", text: "Clusters" },
  { href: "/account", text: "Account" },
];

const noClusters: readonly Cluster[] = [];

export function Frame(props: FrameProps) {
  const { site, person, signOut, clusters = noClusters, stale, pages = false, busy, children } = props;
  const [path] = useLocation();
  const flashes = useShownFlashes();
  const notices = [...staleNotices(stale), ...useClusterNotices(clusters)];
  const content = useContentFocus(path);
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <div className="top">
        <TopBar site={site} person={person} signOut={signOut} />
      </div>
      <div className="frame">
        {pages && (
          <nav className="pages" aria-label="Pages">
            {pagesOfAll.map(({ href, text }) => (
              <Link key={href} href={href} {...(href === activeOf(path) ? { "aria-current": "page" } : {})}>
                {text}
              </Link>
            ))}
          </nav>
        )}
        <main id="content" ref={content} tabIndex={-1} aria-busy={busy ?? false}>
          {flashes.length > 0 && (
            <div className="flashes">
              <Flashbar items={flashes} i18nStrings={{ ariaLabel: "Messages" }} />
            </div>
          )}
          {notices.length > 0 && (
            <div className="notices">
              <Flashbar items={notices} i18nStrings={{ ariaLabel: "Notices" }} />
            </div>
          )}
          <ErrorBoundary key={path}>
            <Suspense fallback={<Loading />}>{busy ? <Loading /> : children}</Suspense>
          </ErrorBoundary>
        </main>
      </div>
      <footer className="foot">
        <span>Headgate {site?.version}</span>
        <a href="/v1/openapi.json">The API as an OpenAPI document</a>
      </footer>
    </>
  );
}

/** Which page of the side an address belongs to. */
function activeOf(path: string): string {
  return pagesOfAll.find(({ href }) => href !== "/" && path.startsWith(href))?.href ?? path;
}

/** After going from page to page the new one is read from its beginning, by eye and by screen reader. */
function useContentFocus(path: string) {
  const content = useRef<HTMLElement>(null);
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    window.scrollTo(0, 0);
    content.current?.focus({ preventScroll: true });
  }, [path]);
  return content;
}
