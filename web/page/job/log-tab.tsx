// What the job wrote: its output and its error output.
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Job } from "../../../shared/contract/job.ts";
import { Fault, Loading } from "../parts.tsx";
import { sizeWords } from "../words.ts";
import { LiveLog } from "./live-log.tsx";
import { LogView } from "./log-view.tsx";
import { NoResults } from "./no-results.tsx";
import { logsOf, useFiles } from "./use-files.ts";
import { usePlace } from "./use-place.ts";
import { WithCode } from "./with-code.tsx";

const titles = { stdout: "Output", stderr: "Error output" } as const;

/** It has run, and its log is on its way. */
const isEnding = ({ startedAt }: Job): boolean => startedAt !== undefined;

export function LogTab({ job }: { job: Job }) {
  const { files, loading, error } = useFiles(job);
  const [place, go] = usePlace();
  if (job.state === "running" || (job.results.state === "pending" && isEnding(job))) return <LiveLog job={job} />;
  if (job.results.state !== "available") return <NoResults job={job} />;
  if (loading) return <Loading />;
  if (error !== undefined) return <Fault error={error} what="The log cannot be found" />;
  const { stdout, stderr } = logsOf(files);
  const logs = [stdout, stderr].filter((file) => file !== undefined);
  // of a failed job the error output says more, where there is any
  const likely =
    job.state === "failed" && stderr && stderr.size > 0 ? stderr : stdout && stdout.size > 0 ? stdout : stderr;
  const shown = logs.find((file) => file.role === place.file) ?? likely ?? stdout;
  if (!shown || shown.role === "result") return <p>The job left no log.</p>;
  return (
    <WithCode requests={[{ method: "GET", path: shown.href, saveAs: shown.role }]}>
      <SpaceBetween size="s">
        {logs.length > 1 && (
          <SegmentedControl
            label="Which output"
            selectedId={shown.role}
            onChange={({ detail }) => go("log", detail.selectedId)}
            options={logs.map(({ role, size }) => ({
              id: role,
              text: `${role === "result" ? role : titles[role]} (${sizeWords(size)})`,
            }))}
          />
        )}
        <LogView key={shown.role} file={shown} label={titles[shown.role]} />
      </SpaceBetween>
    </WithCode>
  );
}
