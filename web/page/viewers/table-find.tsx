// Finding a text in a table, and going from one place to the next.
import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import { useEffect, useState } from "react";
import { type Found, findInTable } from "./find-in-table.ts";
import type { Table } from "./table.ts";

type TableFindProps = {
  table: Table;
  onFound: (found: { rows: ReadonlySet<number>; now: number | undefined } | undefined) => void;
  onShow: (row: number) => void;
};

/** So long nothing more is typed before it is looked for (ms). */
const pause = 200;

export function TableFind({ table, onFound, onShow }: TableFindProps) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found>();
  const [at, setAt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: looking begins anew where the text or the table is another
  useEffect(() => {
    setFound(undefined);
    onFound(undefined);
    if (text === "") return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const result = await findInTable(table, text, stop.signal);
      if (stop.signal.aborted) return;
      setFound(result);
      go(result, 0);
    }, pause);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [text, table]);

  function go(result: Found, to: number) {
    if (result.rows.length === 0) return;
    const place = (to + result.rows.length) % result.rows.length;
    const row = result.rows[place];
    setAt(place);
    onFound({ rows: new Set(result.rows), now: row });
    if (row !== undefined) onShow(row);
  }

  const none = !found || found.rows.length === 0;
  const words = !found
    ? text === ""
      ? ""
      : "Looking …"
    : found.rows.length === 0
      ? "Not found"
      : `${(at + 1).toLocaleString("en")} of ${found.rows.length.toLocaleString("en")}${found.more ? " or more" : ""} rows`;
  return (
    <span className="viewer-finder">
      <span className="viewer-find">
        <Input
          type="search"
          value={text}
          placeholder="Find in the table"
          ariaLabel="Find in the table"
          onChange={({ detail }) => setText(detail.value)}
          onKeyDown={({ detail }) => {
            if (detail.key === "Enter" && found) go(found, at + (detail.shiftKey ? -1 : 1));
          }}
        />
      </span>
      <Button
        variant="icon"
        iconName="angle-up"
        ariaLabel="Row found before"
        disabled={none}
        onClick={() => found && go(found, at - 1)}
      />
      <Button
        variant="icon"
        iconName="angle-down"
        ariaLabel="Next row found"
        disabled={none}
        onClick={() => found && go(found, at + 1)}
      />
      <span className="viewer-aside" role="status">
        {words}
      </span>
    </span>
  );
}
