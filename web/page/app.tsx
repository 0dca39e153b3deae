// The page: who asks decides what is shown.
import Button from "@cloudscape-design/components/button";
import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en-GB";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useCallback, useEffect, useState } from "react";
import type { Site } from "../../shared/contract/catalogue.ts";
import { GatewayClient } from "../client/gateway-client.ts";
import { withRetries } from "../client/retry.ts";
import { FlashProvider } from "./flash.tsx";
import { Frame } from "./frame.tsx";
import { Fault } from "./parts.tsx";
import { Session } from "./session.ts";
import { SignedIn } from "./signed-in.tsx";
import { SignedOut } from "./signed-out.tsx";

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
  const signedIn = (await withRetries(() => session.token())) !== undefined;
  return { site, session, client, signedIn, ...(fault && !signedIn ? { fault } : {}) };
}

export function App() {
  return (
    <I18nProvider locale="en-GB" messages={[messages]}>
      <FlashProvider>
        <Begin />
      </FlashProvider>
    </I18nProvider>
  );
}

function Begin() {
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
        <SpaceBetween size="l">
          <h1>Headgate</h1>
          <Fault error={error} what="The page cannot start" />
          <Button onClick={() => location.reload()}>Try again</Button>
        </SpaceBetween>
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
