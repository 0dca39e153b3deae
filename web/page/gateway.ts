// What every view needs: the client, the site and the person, handed down by a context.
import { createContext, useContext } from "react";
import type { Cluster, Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import type { GatewayClient } from "../client/gateway-client.ts";

type Gateway = {
  client: GatewayClient;
  site: Site;
  person: Person;
  clusters: readonly Cluster[];
  /** The API does not accept the token any more. */
  onSignedOut: () => void;
};

export const GatewayContext = createContext<Gateway | undefined>(undefined);

/** The gateway of the person who is signed in. Throws outside of it. */
export function useGateway(): Gateway {
  const gateway = useContext(GatewayContext);
  if (!gateway) throw new Error("this view is shown to signed-in people only");
  return gateway;
}
