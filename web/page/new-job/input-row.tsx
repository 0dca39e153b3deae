// One input in the list: its name (which can be changed), its size, its upload.
import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { memo, useState } from "react";
import { fileNameFault } from "../../../shared/contract/id.ts";
import { sizeWords } from "../words.ts";
import type { InputEntry } from "./input-entry.ts";

type InputRowProps = {
  entry: InputEntry;
  /** What is wrong with it. */
  words: string | undefined;
  onRename: (name: string) => void;
  onRetry: () => void;
  onRemove: () => void;
};

export const InputRow = memo(Row, (a, b) => a.entry === b.entry && a.words === b.words);

function Row({ entry, words, onRename, onRetry, onRemove }: InputRowProps) {
  const [isNaming, setNaming] = useState(false);
  return (
    <li className="inputs-row">
      {isNaming ? (
        <Naming
          name={entry.name}
          onDone={(name) => {
            setNaming(false);
            if (name !== undefined && name !== entry.name) onRename(name);
          }}
        />
      ) : (
        <>
          <span className="inputs-name">{entry.name}</span>
          <span className="inputs-size">
            {entry.state === "missing" && entry.size === 0 ? "" : sizeWords(entry.size)}
          </span>
          <span className="inputs-state">
            <UploadState entry={entry} />
          </span>
          <span className="inputs-actions">
            {entry.state === "failed" && (
              <Button
                formAction="none"
                variant="icon"
                iconName="refresh"
                ariaLabel={`Send ${entry.name} again`}
                onClick={onRetry}
              />
            )}
            <Button
              formAction="none"
              variant="icon"
              iconName="edit"
              ariaLabel={`Rename ${entry.name}`}
              onClick={() => setNaming(true)}
            />
            <Button
              formAction="none"
              variant="icon"
              iconName="remove"
              ariaLabel={`Remove ${entry.name}`}
              onClick={onRemove}
            />
          </span>
        </>
      )}
      {words !== undefined && (
        <span className="inputs-words">
          <StatusIndicator type="error">{words}</StatusIndicator>
        </span>
      )}
    </li>
  );
}

function UploadState({ entry }: { entry: InputEntry }) {
  switch (entry.state) {
    case "waiting":
      return <StatusIndicator type="pending">in line</StatusIndicator>;
    case "sending":
      return (
        <StatusIndicator type="in-progress">
          {entry.size === 0 ? "sending" : `${Math.min(100, Math.floor((100 * entry.sent) / entry.size))} %`}
        </StatusIndicator>
      );
    case "there":
      return <StatusIndicator type="success">uploaded</StatusIndicator>;
    case "missing":
      return <StatusIndicator type="warning">not here</StatusIndicator>;
    case "failed":
      return <StatusIndicator type="error">failed</StatusIndicator>;
    case "refused":
      return <StatusIndicator type="error">not sent</StatusIndicator>;
  }
}

/** The field in which a name is changed: Enter takes it, Escape leaves it as it was. */
function Naming({ name, onDone }: { name: string; onDone: (name: string | undefined) => void }) {
  const [typed, setTyped] = useState(name);
  const fault = fileNameFault(typed);
  return (
    <div className="inputs-naming">
      <Input
        autoFocus
        value={typed}
        ariaLabel={`New name of ${name}`}
        invalid={fault !== undefined}
        spellcheck={false}
        onChange={({ detail }) => setTyped(detail.value)}
        onKeyDown={(event) => {
          if (event.detail.key === "Escape") onDone(undefined);
          if (event.detail.key !== "Enter") return;
          event.preventDefault();
          if (fault === undefined) onDone(typed);
        }}
      />
      <Button formAction="none" onClick={() => onDone(typed)} disabled={fault !== undefined}>
        Rename
      </Button>
      <Button formAction="none" variant="link" onClick={() => onDone(undefined)}>
        Keep the name
      </Button>
      {fault !== undefined && <StatusIndicator type="error">accepted is {fault}</StatusIndicator>}
    </div>
  );
}
