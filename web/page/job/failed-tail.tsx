// The last lines that a failed job wrote: what one wants to see first.

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useRef } from "react";
import type { Job, JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { Fault } from "../parts.tsx";
import { readRange } from "../viewers/read-range.ts";
import { lastLines } from "./last-lines.ts";
import { LogLine } from "./log-line.tsx";
import { hashOf } from "./place.ts";
import { logsOf, useFiles } from "./use-files.ts";
import { usePlace } from "./use-place.ts";
import "./log.css";

/** Lines that are shown. */
const tailLines = 30;
/** Bytes that these are looked for in: mostly the first is enough. */
const tailBytes = [32_768, 262_144] as const;

export function FailedTail({ job }: { job: Job }) {
  const { files, loading, error } = useFiles(job);
  const { stdout, stderr } = logsOf(files);
  if (job.results.state !== "available") return undefined;
  if (loading) return <StatusIndicator type="loading">Loading the job's last words</StatusIndicator>;
  if (error !== undefined) return <Fault error={error} what="The job's last words cannot be read" />;
  const file = [stderr, stdout].find((one) => one !== undefined && one.size > 0);
  return file && <Tail file={file} />;
}

function Tail({ file }: { file: JobFile }) {
  const { client } = useGateway();
  const [, go] = usePlace();
  const name = file.role === "stderr" ? "error output" : "output";
  const asked = useQuery({
    queryKey: ["tail", file.href, file.sha256],
    queryFn: async ({ signal }) => {
      for (const size of tailBytes) {
        const from = Math.max(0, file.size - size);
        const { bytes } = await readRange(client.options, file, from, file.size, signal);
        const tail = lastLines(bytes, from, file.size, tailLines);
        if (tail.complete || size === tailBytes.at(-1)) return tail;
      }
      throw new Error("no size to read is left");
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const tail = asked.data;
  const box = useRef<HTMLElement>(null);
  // long lines take several rows: what was written last must be seen
  useLayoutEffect(() => {
    if (tail && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [tail]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button
              href={hashOf("log")}
              onFollow={(event) => {
                event.preventDefault();
                go("log");
                document.querySelector(".job-tabs")?.scrollIntoView({ block: "start" });
              }}
            >
              Open the log
            </Button>
          }
        >
          {tail && tail.lines.length < tailLines && tail.whole
            ? `What it wrote to its ${name}`
            : `The last ${tail?.lines.length ?? tailLines} lines of its ${name}`}
        </Header>
      }
    >
      {asked.error && <Fault error={asked.error} what="They cannot be read" />}
      {asked.isPending && <StatusIndicator type="loading">Loading</StatusIndicator>}
      {tail && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="tail" ref={box} tabIndex={0} aria-label={`End of the ${name}`}>
          {tail.lines.map((line) => (
            <div key={line} className="tail-line">
              <LogLine
                text={tail.text}
                line={line}
                from={0}
                to={tail.text.lines[line]?.length ?? 0}
                matches={[]}
                current={undefined}
              />
            </div>
          ))}
        </section>
      )}
    </Container>
  );
}
