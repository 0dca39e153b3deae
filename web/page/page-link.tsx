// Links to our own pages: an ordinary address, followed without loading the page anew.
import Link, { type LinkProps } from "@cloudscape-design/components/link";
import { useCallback } from "react";
import { useLocation } from "wouter";

/** What the components hand to onFollow; plain clicks only, so that "open in a new tab" stays the browser's. */
type FollowEvent = { preventDefault(): void; detail: { href?: string | undefined; external?: boolean } };

/** An onFollow handler for any component that has one. */
export function useFollow(): (event: FollowEvent) => void {
  const [, navigate] = useLocation();
  return useCallback(
    (event) => {
      const { href, external } = event.detail;
      if (external || !href?.startsWith("/") || href.startsWith("/v1/")) return;
      event.preventDefault();
      navigate(href);
    },
    [navigate],
  );
}

/** A link to a page of ours. */
export function PageLink(props: LinkProps & { href: string }) {
  return <Link {...props} onFollow={useFollow()} />;
}
