// What is special about the clusters: one that is a laptop's stand-in, one that has fallen silent, its own notice.
import Button from "@cloudscape-design/components/button";
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useState } from "react";
import type { Cluster } from "../../shared/contract/catalogue.ts";
import type { Stale } from "./changes/use-changes.ts";
import { closedWords } from "./clusters/cluster-words.ts";
import { faultWords, Moment } from "./parts.tsx";

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

/** That the one poll of the page fails: what is seen may have moved on. */
export function staleNotices(stale: Stale | undefined): Message[] {
  if (!stale) return [];
  return [
    {
      id: "stale",
      type: "warning",
      header: "What is shown may be old",
      content: `Your jobs cannot be had now; they are asked for again. The reason: ${faultWords(stale.error)}`,
      action: <Button onClick={stale.retry}>Try again</Button>,
    },
  ];
}

function noticesOf(cluster: Cluster): Message[] {
  const notices: Message[] = [];
  const closed = closedWords(cluster);
  if (cluster.silent)
    notices.push({
      id: `silent ${cluster.id}`,
      type: "warning",
      header: `${cluster.name} is silent`,
      content: (
        <>
          {cluster.heardAt ? (
            <>
              It was last heard <Moment at={cluster.heardAt} />
            </>
          ) : (
            "Nothing was heard from it so far"
          )}
          {cluster.silentSince && (
            <>
              {" "}
              and has been asked without an answer since <Moment at={cluster.silentSince} />
            </>
          )}
          . Jobs are kept and go on when it is back; what is shown of them may be old.
          {closed && ` ${closed}`}
        </>
      ),
    });
  else if (closed)
    notices.push({ id: `closed ${cluster.id}`, type: "warning", header: closed, content: cluster.notice });
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
  // of a closed one it is said there, and stays
  if (cluster.notice && (cluster.silent || !closed))
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
