// The inputs of a new job: added by drop or by dialogue, uploaded at once, listed with how far each is.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Pagination from "@cloudscape-design/components/pagination";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useRef, useState } from "react";
import { sizeWords } from "../words.ts";
import { type Found, filesOfList } from "./dropped-files.ts";
import type { DocumentFault } from "./faults.ts";
import { type InputEntry, sumOf } from "./input-entry.ts";
import { InputRow } from "./input-row.tsx";
import { type InputShelf, maxInputs } from "./input-shelf.ts";
import { sentence } from "./sentence.ts";

/** Rows at a time: some thousand files must not be drawn at once. */
const pageSize = 20;

type InputsPanelProps = {
  shelf: InputShelf;
  entries: readonly InputEntry[];
  faults: readonly DocumentFault[];
  onFound: (found: Found) => void;
  onRename: (entry: InputEntry, name: string) => void;
};

export function InputsPanel({ shelf, entries, faults, onFound, onRename }: InputsPanelProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const own = faults.filter((fault) => fault.path[0] === "inputs");
  const whole = own.find((fault) => fault.path.length === 1);
  const take = (input: HTMLInputElement) => {
    if (input.files) onFound(filesOfList(input.files));
    // the same file again is a change too
    input.value = "";
  };
  return (
    <SpaceBetween size="m">
      <div className="drop-place">
        <Box color="text-body-secondary">
          Drop files or folders anywhere on this page. They are uploaded at once; the job finds them in its own folder.
        </Box>
        <SpaceBetween direction="horizontal" size="xs">
          <Button formAction="none" iconName="upload" onClick={() => files.current?.click()}>
            Add files
          </Button>
          <Button formAction="none" iconName="folder" onClick={() => folder.current?.click()}>
            Add a folder
          </Button>
        </SpaceBetween>
        <input ref={files} type="file" multiple hidden onChange={(event) => take(event.target)} data-kind="files" />
        <input
          ref={folder}
          type="file"
          hidden
          // unknown to React's types
          {...{ webkitdirectory: "" }}
          onChange={(event) => take(event.target)}
          data-kind="folder"
        />
      </div>
      {whole && <Alert type="error">{sentence(whole)}</Alert>}
      {entries.length > maxInputs && (
        <Alert type="error">
          A job takes at most {maxInputs.toLocaleString("en")} inputs; these are {entries.length.toLocaleString("en")}.
          Pack them into one archive, or remove some: only the first {maxInputs.toLocaleString("en")} are uploaded.
        </Alert>
      )}
      {entries.length > 0 && (
        <>
          <Sum shelf={shelf} entries={entries} />
          <List shelf={shelf} entries={entries} faults={own} onRename={onRename} />
        </>
      )}
    </SpaceBetween>
  );
}

function Sum({ shelf, entries }: { shelf: InputShelf; entries: readonly InputEntry[] }) {
  const sum = sumOf(entries);
  const parts = [
    sum.underWay > 0 && `${sum.underWay.toLocaleString("en")} to go`,
    sum.failed > 0 && `${sum.failed.toLocaleString("en")} failed`,
    sum.refused > 0 && `${sum.refused.toLocaleString("en")} not accepted`,
    sum.missing > 0 && `${sum.missing.toLocaleString("en")} to be added again`,
  ].filter((part) => part !== false);
  return (
    <div className="inputs-sum">
      <div>
        <strong>
          {sum.files.toLocaleString("en")} {sum.files === 1 ? "file" : "files"}, {sizeWords(sum.bytes)}
        </strong>
        <span>{parts.length === 0 ? " · all uploaded" : ` · ${parts.join(", ")}`}</span>
      </div>
      {sum.failed > 0 && (
        <Button formAction="none" iconName="refresh" onClick={() => shelf.retryAll()}>
          Send the {sum.failed === 1 ? "failed one" : `${sum.failed.toLocaleString("en")} failed`} again
        </Button>
      )}
      {sum.files > 1 && (
        <Button
          formAction="none"
          variant="inline-link"
          onClick={() => shelf.remove(new Set(entries.map((entry) => entry.key)))}
        >
          Remove all
        </Button>
      )}
      {sum.underWay > 0 && (
        <div className="inputs-progress">
          <ProgressBar
            value={sum.bytes === 0 ? 0 : (100 * sum.sent) / sum.bytes}
            ariaLabel="Upload of the inputs"
            additionalInfo={`${sizeWords(sum.sent)} of ${sizeWords(sum.bytes)}`}
          />
        </div>
      )}
    </div>
  );
}

type ListProps = Pick<InputsPanelProps, "shelf" | "entries" | "faults" | "onRename">;

function List({ shelf, entries, faults, onRename }: ListProps) {
  const [filter, setFilter] = useState("");
  const [onlyOpen, setOnlyOpen] = useState(false);
  const [page, setPage] = useState(1);
  const rows = entries.map((entry, place) => ({
    entry,
    fault: faults.find((fault) => fault.path[1] === place),
  }));
  const open = rows.filter(({ entry, fault }) => fault !== undefined || ["failed", "refused"].includes(entry.state));
  const isLong = entries.length > pageSize;
  const from = isLong && onlyOpen && open.length > 0 ? open : rows;
  const found = isLong ? from.filter(({ entry }) => entry.name.toLowerCase().includes(filter.toLowerCase())) : from;
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const current = Math.min(page, pages);
  return (
    <SpaceBetween size="xs">
      {isLong && (
        <div className="inputs-tools">
          <TextFilter
            filteringText={filter}
            filteringPlaceholder="Find a file"
            filteringAriaLabel="Find a file"
            countText={filter === "" ? "" : `${found.length.toLocaleString("en")} found`}
            onChange={({ detail }) => setFilter(detail.filteringText)}
          />
          {open.length > 0 && (
            <Checkbox checked={onlyOpen} onChange={({ detail }) => setOnlyOpen(detail.checked)}>
              Only the {open.length.toLocaleString("en")} that need something
            </Checkbox>
          )}
          <Pagination
            currentPageIndex={current}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
            ariaLabels={{
              nextPageLabel: "Next files",
              previousPageLabel: "Previous files",
              pageLabel: (number) => `Files, page ${number}`,
            }}
          />
        </div>
      )}
      <ul className="inputs-list" aria-label="Inputs">
        {found.slice((current - 1) * pageSize, current * pageSize).map(({ entry, fault }) => (
          <InputRow
            key={entry.key}
            entry={entry}
            words={wordsOf(entry, fault)}
            onRename={(name) => onRename(entry, name)}
            onRetry={() => shelf.retry(entry.key)}
            onRemove={() => shelf.remove(new Set([entry.key]))}
          />
        ))}
      </ul>
    </SpaceBetween>
  );
}

function wordsOf(entry: InputEntry, fault: DocumentFault | undefined): string | undefined {
  if (entry.words !== undefined) return entry.words;
  if (entry.state === "missing") return "its bytes are not here: add it again, or remove it";
  return fault === undefined ? undefined : sentence(fault);
}
