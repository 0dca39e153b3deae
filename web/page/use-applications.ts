// What can be run, asked for once and kept.
import { useQuery } from "@tanstack/react-query";
import type { Application } from "../../shared/contract/catalogue.ts";
import { useGateway } from "./gateway.ts";

const none: readonly Application[] = [];

/** The applications; none until they are known. */
export function useApplications(): readonly Application[] {
  const { client } = useGateway();
  const { data } = useQuery({
    queryKey: ["applications"],
    queryFn: () => client.applications(),
    staleTime: 300_000,
  });
  return data ?? none;
}
