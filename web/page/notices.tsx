// What is special about the clusters: one that is a laptop's stand-in, one that has fallen silent, its own notice.
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useState } from "react";
import type { Cluster } from "../../shared/contract/catalogue.ts";
import { Moment } from "./parts.tsx";

type Message = FlashbarProps.MessageDefinition;

/** Messages on the clusters as they are now. What is merely good to know may be dismissed until the tab is closed. */
export function useClusterNotices(clusters: readonly Cluster[]): Message[] {
  const [dismissed, setDismissed] = useState(readDismissed);
  return clusters.flatMap(noticesOf).flatMap((notice) => {
    if (notice.type !== "info") return [notice];
    if (dismissed.includes(notice.id ?? "")) return [];
    const onDismiss = () =>
      setDismissed((old) => {
        const all = [...old, notice.id ?? ""];
        sessionStorage.setItem(key, JSON.stringify(all));
        return all;
      });
    return [{ ...notice, dismissible: true, dismissLabel: "Dismiss this notice", onDismiss }];
  });
}

const key = "headgate.dismissed";

function readDismissed(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
}

function noticesOf(cluster: Cluster): Message[] {
  const notices: Message[] = [];
  if (cluster.silent)
    notices.push({
      id: `silent ${cluster.id}`,
      type: "warning",
      header: `${cluster.name} has been silent`,
      content: (
        <>
          {cluster.heardAt ? (
            <>
              Nothing was heard from it since <Moment at={cluster.heardAt} />.{" "}
            </>
          ) : (
            "Nothing was heard from it so far. "
          )}
          Jobs are kept and go on when it is back; what is shown of them may be old.
        </>
      ),
    });
  if (cluster.kind === "stand-in")
    notices.push({
      id: `stand-in ${cluster.id}`,
      type: "info",
      content: (
        <>
          <strong>{cluster.name}</strong> is a stand-in: jobs run as plain processes of that computer, without Slurm.
        </>
      ),
    });
  if (cluster.notice)
    notices.push({
      id: `notice ${cluster.id} ${cluster.notice}`,
      type: "info",
      content: (
        <>
          <strong>{cluster.name}:</strong> {cluster.notice}
        </>
      ),
    });
  return notices;
}
