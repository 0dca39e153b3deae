// What reconcile works with: all that dispatch and observe do.
import type { Objects } from "../../shared/aws/objects.ts";
import type { DispatchParts } from "../dispatch/parts.ts";
import type { ObserveParts } from "../observe/parts.ts";

export type ReconcileParts = DispatchParts &
  Omit<ObserveParts, "results"> & {
    results: Pick<Objects, "readSmall" | "list">;
    /** Divides all waiting times. */
    scale: number;
  };
