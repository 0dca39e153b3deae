// What stands in a view's place while it is read, or where it cannot be.
import Alert from "@cloudscape-design/components/alert";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ReactNode } from "react";
import type { Fault } from "./table.ts";
import type { Read } from "./use-read.ts";

type ReadingProps<T> = {
  read: Read<T>;
  what: string;
  /** "1.2 of 20 MB", where that is known. */
  progress?: string;
  children: (value: T) => ReactNode;
};

/** Shows what was read. */
export function Reading<T>({ read, what, progress, children }: ReadingProps<T>) {
  if (read.state === "there") return children(read.value);
  if (read.state === "reading")
    return (
      <StatusIndicator type="loading">
        {progress ? `Reading ${what}: ${progress}` : `Reading ${what} …`}
      </StatusIndicator>
    );
  return (
    <Alert type="error" header={`${what} cannot be shown`}>
      {read.error instanceof TypeError ? "The server does not answer." : (read.error as Error).message}
    </Alert>
  );
}

const shownFaults = 5;

/** What of a file does not fit, the first few in words. */
export function Faults({ faults, count }: { faults: readonly Fault[]; count: number }) {
  if (count === 0) return null;
  return (
    <Alert
      type="warning"
      header={
        count === 1 ? "1 line is not like the others" : `${count.toLocaleString("en")} lines are not like the others`
      }
    >
      <ul className="viewer-faults">
        {faults.slice(0, shownFaults).map(({ line, what }) => (
          <li key={`${line} ${what}`}>
            Line {line.toLocaleString("en")}: {what}.
          </li>
        ))}
        {count > shownFaults && <li>and {(count - shownFaults).toLocaleString("en")} more</li>}
      </ul>
    </Alert>
  );
}
