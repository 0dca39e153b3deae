// What is shown to somebody who is signed in: their pages, or that their account may not be used.
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Cluster, Site } from "../../shared/contract/catalogue.ts";
import type { GatewayClient } from "../client/gateway-client.ts";
import { SoonProvider, useChangesPoll } from "./changes/use-changes.ts";
import { Frame } from "./frame.tsx";
import { GatewayContext } from "./gateway.ts";
import { Fault } from "./parts.tsx";
import { createQueryClient } from "./query-client.ts";
import { Routes } from "./routes.tsx";
import type { Session } from "./session.ts";
import { Waiting } from "./waiting.tsx";

type SignedInProps = { site: Site; session: Session; client: GatewayClient; onSignedOut: () => void };

/** Somebody who waits for approval is told soon after it came. */
const waitingMs = 10_000;
/** How soon it is seen that a cluster has fallen silent, or is back. */
const clustersMs = 60_000;
const none: readonly Cluster[] = [];

export function SignedIn(props: SignedInProps) {
  const { onSignedOut } = props;
  const queries = useMemo(() => createQueryClient(onSignedOut), [onSignedOut]);
  return (
    <QueryClientProvider client={queries}>
      <Person {...props} />
    </QueryClientProvider>
  );
}

function Person({ site, session, client, onSignedOut }: SignedInProps) {
  const me = useQuery({
    queryKey: ["me"],
    queryFn: () => client.me(),
    refetchInterval: ({ state }) => (state.data?.status === "active" ? false : waitingMs),
  });
  const person = me.data;
  const active = person?.status === "active";
  const clusters = useQuery({
    queryKey: ["clusters"],
    queryFn: () => client.clusters(),
    enabled: active,
    refetchInterval: clustersMs,
  });
  const { soon, stale } = useChangesPoll(client, active, onSignedOut);
  const known = clusters.data ?? none;
  const gateway = useMemo(
    () => person && { client, site, person, clusters: known, onSignedOut },
    [client, site, person, known, onSignedOut],
  );
  const signOut = () => session.signOut();

  if (!gateway)
    return (
      <Frame site={site} signOut={signOut} busy={me.error === null}>
        {me.error !== null && <Fault error={me.error} what="Your account cannot be shown" />}
      </Frame>
    );
  if (!active)
    return (
      <Frame site={site} person={gateway.person} signOut={signOut}>
        <Waiting site={site} person={gateway.person} />
      </Frame>
    );
  return (
    <GatewayContext value={gateway}>
      <SoonProvider value={soon}>
        <Frame site={site} person={gateway.person} signOut={signOut} clusters={known} stale={stale} pages>
          <Routes />
        </Frame>
      </SoonProvider>
    </GatewayContext>
  );
}
