// What surrounds every view: the bar at the top, the way around at the side, messages, and the view itself.
import AppLayout from "@cloudscape-design/components/app-layout";
import Flashbar from "@cloudscape-design/components/flashbar";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Cluster, Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { useShownFlashes } from "./flash.tsx";
import { useClusterNotices } from "./notices.tsx";
import { useFollow } from "./page-link.tsx";
import { Loading } from "./parts.tsx";
import { TopBar } from "./top-bar.tsx";

type FrameProps = {
  site?: Site;
  person?: Person;
  signOut?: () => Promise<void>;
  clusters?: readonly Cluster[];
  /** The person may go to the pages: the side says which there are. */
  pages?: boolean;
  /** Something is being loaded and there is nothing to show yet. */
  busy?: boolean;
  children?: ReactNode;
};

const items: SideNavigationProps.Item[] = [
  { type: "link", text: "Home", href: "/" },
  { type: "link", text: "New job", href: "/apps" },
  { type: "link", text: "Jobs", href: "/jobs" },
  { type: "divider" },
  { type: "link", text: "Account", href: "/account" },
  { type: "link", text: "API reference", href: "/v1/openapi.json", external: true },
];

const labels = {
  navigation: "Pages",
  navigationToggle: "Open the list of pages",
  navigationClose: "Close the list of pages",
  notifications: "Messages",
};

/** Too narrow for the list of pages to stay open beside the view. */
const narrow = "(max-width: 688px)";

const noClusters: readonly Cluster[] = [];

export function Frame({ site, person, signOut, clusters = noClusters, pages = false, busy, children }: FrameProps) {
  const [path] = useLocation();
  const [open, setOpen] = useState(() => !matchMedia(narrow).matches);
  const follow = useFollow();
  const flashes = useShownFlashes();
  const notices = useClusterNotices(clusters);
  const shown = [...flashes, ...notices];
  const content = useContentFocus(path);
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <div id="top">
        <TopBar site={site} person={person} signOut={signOut} />
      </div>
      <AppLayout
        headerSelector="#top"
        ariaLabels={labels}
        toolsHide
        navigationHide={!pages}
        navigationWidth={200}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={
          <SideNavigation
            items={items}
            activeHref={activeOf(path)}
            onFollow={(event) => {
              follow(event);
              if (matchMedia(narrow).matches) setOpen(false);
            }}
          />
        }
        notifications={shown.length > 0 && <Flashbar items={shown} />}
        content={
          <div id="content" ref={content} tabIndex={-1} aria-busy={busy ?? false}>
            <ErrorBoundary key={path}>
              <Suspense fallback={<Loading />}>{busy ? <Loading /> : children}</Suspense>
            </ErrorBoundary>
          </div>
        }
      />
    </>
  );
}

/** Which entry of the side an address belongs to. */
function activeOf(path: string): string {
  if (path.startsWith("/apps")) return "/apps";
  if (path.startsWith("/jobs")) return "/jobs";
  return path;
}

/** After going from page to page the new one is read from its beginning, by eye and by screen reader. */
function useContentFocus(path: string) {
  const content = useRef<HTMLDivElement>(null);
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    window.scrollTo(0, 0);
    content.current?.focus({ preventScroll: true });
  }, [path]);
  return content;
}
