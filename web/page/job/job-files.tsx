// All files of a job: a tree with sizes, checksums and downloads, and what was left on the cluster.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { type ReactNode, useDeferredValue, useEffect, useMemo, useState } from "react";
import type { Job, PastAttempt } from "../../../shared/contract/job.ts";
import { Fault, Loading } from "../parts.tsx";
import { resultsWords } from "../words.ts";
import { FileList } from "./file-list.tsx";
import { fileRows, fileTree } from "./file-tree.ts";
import { NoResults } from "./no-results.tsx";
import { OpenFile } from "./open-file.tsx";
import { type Files, useFiles } from "./use-files.ts";
import { usePlace } from "./use-place.ts";
import { WithCode } from "./with-code.tsx";
import "./files.css";

/** So many are listed without being asked for; more on a press. */
const atOnce = 5_000;

export function JobFiles({ job }: { job: Job }) {
  const files = useFiles(job);
  const [place, go] = usePlace();
  if (job.results.state !== "available") return <NoResults job={job} />;
  if (files.loading) return <Loading />;
  if (files.files.length === 0 && files.error !== undefined)
    return <Fault error={files.error} what="The files cannot be listed" />;
  if (files.files.length === 0 && files.skipped.length === 0 && !files.hasMore) return <p>The job left no files.</p>;
  return (
    <Listed job={job} listed={files} path={place.file} open={(path) => go("files", path)} label="Files of the job" />
  );
}

/** The files of an earlier attempt; which of them is open is not in the address. */
export function AttemptFiles({ job, past }: { job: Job; past: PastAttempt }) {
  const files = useFiles(job, past);
  const [path, open] = useState<string>();
  if (files.loading) return <Loading />;
  if (files.files.length === 0 && files.error !== undefined)
    return <Fault error={files.error} what="The files cannot be listed" />;
  if (files.files.length === 0 && files.skipped.length === 0 && !files.hasMore)
    return <p>The attempt left no files.</p>;
  return (
    <Listed job={job} past={past} listed={files} path={path} open={open} label={`Files of attempt ${past.attempt}`} />
  );
}

type ListedProps = {
  job: Job;
  past?: PastAttempt;
  listed: Files;
  /** The file that is open below the list, and what opens another. */
  path: string | undefined;
  open: (path?: string) => void;
  label: string;
};

function Listed({ job, past, listed, path, open: openPath, label }: ListedProps): ReactNode {
  const { files, skipped, hasMore, loadingMore, more, error } = listed;
  const { results, folder } = past ?? job;
  const [filter, setFilter] = useState("");
  const words = useDeferredValue(filter);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState(atOnce);
  const wantsMore = hasMore && !loadingMore && error === undefined && files.length + skipped.length < wanted;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again after each page, not whenever the function is another
  useEffect(() => {
    if (wantsMore) more();
  }, [wantsMore, files.length]);

  const tree = useMemo(() => fileTree(files, skipped), [files, skipped]);
  const rows = useMemo(() => fileRows(tree, closed, words), [tree, closed, words]);
  const found = rows.filter((row) => row.kind !== "folder").length;
  const open = path === undefined ? undefined : files.find((file) => file.path === path);
  const at = `/v1/jobs/${job.id}/files`;

  return (
    <WithCode requests={[{ method: "GET", path: at, query: { attempt: past?.attempt, limit: 1_000 } }]}>
      <SpaceBetween size="s">
        <div>
          {resultsWords(results)}. Each download is checked against its SHA-256.{" "}
          {hasMore && (
            <span role="status">
              {files.length.toLocaleString("en")} of them are listed{loadingMore ? ", more are coming" : ""}.
            </span>
          )}
        </div>
        {skipped.length > 0 && (
          <div>
            {skipped.length === 1 ? "1 entry was" : `${skipped.length.toLocaleString("en")} entries were`} left on the
            cluster
            {folder ? (
              <>
                {" "}
                in <code className="job-path">{folder}</code>
              </>
            ) : (
              ""
            )}
            ; the list says why.
          </div>
        )}
        <TextFilter
          filteringText={filter}
          filteringPlaceholder="Filter by name or folder"
          filteringAriaLabel="Filter the files"
          filteringClearAriaLabel="Clear"
          onChange={({ detail }) => setFilter(detail.filteringText)}
          {...(words === "" ? {} : { countText: found === 1 ? "1 found" : `${found.toLocaleString("en")} found` })}
        />
        {rows.length === 0 ? (
          <p>
            {hasMore ? "None of those that are listed so far has this in its name." : "No file has this in its name."}
          </p>
        ) : (
          <FileList
            rows={rows}
            label={label}
            opened={open?.path}
            onOpen={(file) => openPath(file.path)}
            onToggle={(path) =>
              setClosed((old) => {
                const next = new Set(old);
                if (!next.delete(path)) next.add(path);
                return next;
              })
            }
          />
        )}
        {error !== undefined && (
          <Fault error={error} what="More files cannot be listed" action={<Button onClick={more}>Try again</Button>} />
        )}
        {hasMore && !wantsMore && !loadingMore && error === undefined && (
          <Button onClick={() => setWanted(files.length + skipped.length + atOnce)}>
            List {atOnce.toLocaleString("en")} more
          </Button>
        )}
        {path !== undefined && !open && !hasMore && <p>There is no file of that name among the job's results.</p>}
        {open && <OpenFile key={open.path} job={job} file={open} files={files} close={() => openPath()} />}
      </SpaceBetween>
    </WithCode>
  );
}
