// Saves one result file, after its bytes were found to be those that were recorded.
import { useState } from "react";
import type { JobFile } from "../../shared/contract/job.ts";
import { ChecksumError } from "../client/download.ts";
import { useGateway } from "./gateway.ts";
import { openSink } from "./save-file.ts";

type Download = { state: "idle" | "saved" } | { state: "busy"; percent: number } | { state: "failed"; fault: string };

/** How a file's download stands, and what starts it. */
export function useDownload(file: JobFile): { download: Download; start: () => Promise<void> } {
  const { client } = useGateway();
  const [download, setDownload] = useState<Download>({ state: "idle" });

  async function start(): Promise<void> {
    setDownload({ state: "busy", percent: 0 });
    // rejects where the person cancelled the choice of a place
    const sink = await openSink(file.path.slice(file.path.lastIndexOf("/") + 1), file.size).catch(() => undefined);
    if (!sink) return setDownload({ state: "idle" });
    let read = 0;
    try {
      await client.download(file, {
        onChunk: async (chunk) => {
          await sink.write(chunk);
          read += chunk.length;
          setDownload({ state: "busy", percent: Math.floor((100 * read) / Math.max(1, file.size)) });
        },
      });
      await sink.close();
      setDownload({ state: "saved" });
    } catch (error) {
      await sink.abandon();
      const damaged = error instanceof ChecksumError;
      setDownload({
        state: "failed",
        fault: damaged ? "it did not arrive as it was recorded (its SHA-256 differs)." : (error as Error).message,
      });
    }
  }
  return { download, start };
}
