// Something that is read for a view: not there yet, there, or why not.
import { useEffect, useState } from "react";
import { ProblemError } from "../../client/problem-error.ts";
import { useGateway } from "../gateway.ts";

export type Read<T> = { state: "reading" } | { state: "there"; value: T } | { state: "failed"; error: unknown };

/** Runs `read` whenever `key` changes, and stops what is still under way. */
export function useRead<T>(key: string, read: (signal: AbortSignal) => Promise<T>): Read<T> {
  const { onSignedOut } = useGateway();
  const [result, setResult] = useState<{ key: string; read: Read<T> }>({ key, read: { state: "reading" } });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is read
  useEffect(() => {
    const stop = new AbortController();
    setResult({ key, read: { state: "reading" } });
    read(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setResult({ key, read: { state: "there", value } });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (error instanceof ProblemError && error.status === 401) onSignedOut();
        setResult({ key, read: { state: "failed", error } });
      },
    );
    return () => stop.abort();
  }, [key]);
  return result.key === key ? result.read : { state: "reading" };
}
