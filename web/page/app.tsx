// The page: who asks decides what is shown.
import { useCallback, useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import type { Cluster, Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import { GatewayClient } from "../client/gateway-client.ts";
import { Frame } from "./frame.tsx";
import { GatewayContext } from "./gateway.ts";
import { JobList } from "./job-list.tsx";
import { JobPage } from "./job-page.tsx";
import { NotFound } from "./not-found.tsx";
import { Fault } from "./parts.tsx";
import { Session } from "./session.ts";
import { SignedOut } from "./signed-out.tsx";
import { usePolled } from "./use-polled.ts";
import { Waiting } from "./waiting.tsx";

type Start = { site: Site; session: Session; client: GatewayClient; signedIn: boolean; fault?: string };

// Asked for once, however often the view is made: the sign-in's code can be used only once.
let starting: Promise<Start> | undefined;

async function start(): Promise<Start> {
  const site = await new GatewayClient({ origin: location.origin }).site();
  const session = new Session(site);
  const client = new GatewayClient({ origin: location.origin, token: () => session.token() });
  let fault: string | undefined;
  try {
    await session.resume();
  } catch (error) {
    fault = `Signing in did not work: ${(error as Error).message}`;
  }
  const signedIn = (await session.token()) !== undefined;
  return { site, session, client, signedIn, ...(fault && !signedIn ? { fault } : {}) };
}

export function App() {
  const [started, setStarted] = useState<Start>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    starting ??= start();
    starting.then(setStarted, setError);
  }, []);

  const onSignedOut = useCallback(() => {
    setStarted((old) => {
      if (!old) return old;
      void old.session.forget();
      return { ...old, signedIn: false, fault: "Your sign-in has ended. Sign in again to go on." };
    });
  }, []);

  if (error !== undefined)
    return (
      <Frame>
        <h1>Headgate</h1>
        <Fault error={error} what="The page cannot start" />
        <p>
          <button type="button" onClick={() => location.reload()}>
            Try again
          </button>
        </p>
      </Frame>
    );
  if (!started) return <Frame busy />;
  const { site, session, client } = started;
  if (!started.signedIn)
    return (
      <Frame site={site}>
        <SignedOut site={site} fault={started.fault} signIn={() => session.signIn()} />
      </Frame>
    );
  return <SignedIn site={site} session={session} client={client} onSignedOut={onSignedOut} />;
}

type SignedInProps = { site: Site; session: Session; client: GatewayClient; onSignedOut: () => void };

function SignedIn({ site, session, client, onSignedOut }: SignedInProps) {
  const person = usePolled<Person>("me", () => client.me(), waitingDelay, onSignedOut);
  const active = person.value?.status === "active";
  const clusters = usePolled<Cluster[]>(
    active ? "clusters" : "no clusters",
    async () => (active ? await client.clusters() : []),
    () => (active ? 60_000 : undefined),
    onSignedOut,
  );
  const signOut = () => session.signOut();

  if (!person.value)
    return (
      <Frame site={site} signOut={signOut} busy={person.error === undefined}>
        {person.error !== undefined && <Fault error={person.error} what="Your account cannot be shown" />}
      </Frame>
    );
  if (!active)
    return (
      <Frame site={site} person={person.value} signOut={signOut}>
        <Waiting site={site} person={person.value} />
      </Frame>
    );
  return (
    <GatewayContext value={{ client, site, person: person.value, clusters: clusters.value ?? [], onSignedOut }}>
      <Frame site={site} person={person.value} signOut={signOut}>
        <Switch>
          <Route path="/">
            <JobList />
          </Route>
          <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Frame>
    </GatewayContext>
  );
}

/** Somebody who waits for approval is told soon after it came. */
function waitingDelay(person: Person): number | undefined {
  return person.status === "active" ? undefined : 10_000;
}
