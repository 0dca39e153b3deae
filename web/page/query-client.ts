// How answers of the API are kept and asked for again.
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ProblemError } from "../client/problem-error.ts";

/** One per sign-in. `onSignedOut`: the API does not accept the token any more. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ProblemError && error.status === 401) onSignedOut();
      },
    }),
    // the client itself tries again what may be tried again
    defaultOptions: { queries: { retry: false, networkMode: "always" }, mutations: { networkMode: "always" } },
  });
}
