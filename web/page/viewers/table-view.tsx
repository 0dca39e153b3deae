// A table of any length: only the rows in view are in the page; found by text, saved as CSV.
import Button from "@cloudscape-design/components/button";
import { type KeyboardEvent, type UIEvent, useEffect, useMemo, useRef, useState } from "react";
import { csvPieces } from "./csv.ts";
import { stem } from "./file-names.ts";
import { saveBlob } from "./save-blob.ts";
import { cellText, type Table } from "./table.ts";
import { TableFind } from "./table-find.tsx";
import { columnWidths, pixelsOf, rowAt, rowHeight, topOf } from "./table-place.ts";
import "./viewers.css";

type TableViewProps = {
  table: Table;
  /** What it is called: the file's path. */
  name: string;
  /** Without a tool bar: a table that is small and stands beside its plot. */
  bare?: boolean;
};

/** More columns than this are shown by so many at a time. */
const columnsAtOnce = 60;
const spare = 6;

export function TableView({ table, name, bare = false }: TableViewProps) {
  const scroll = useRef<HTMLElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(480);
  const [firstColumn, setFirstColumn] = useState(0);
  const [found, setFound] = useState<{ rows: ReadonlySet<number>; now: number | undefined }>();
  const widths = useMemo(() => columnWidths(table), [table]);
  const columns = table.columns.slice(firstColumn, firstColumn + columnsAtOnce);

  useEffect(() => {
    const element = scroll.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const inView = Math.ceil(height / rowHeight);
  const first = Math.max(0, Math.floor(rowAt(top, table.rows, height)) - spare);
  const last = Math.min(table.rows, first + inView + 2 * spare);
  const before = Math.max(0, topOf(first, top, table.rows, height));
  const after = Math.max(0, pixelsOf(table.rows) - before - (last - first) * rowHeight);

  const show = (row: number) => {
    const element = scroll.current;
    if (element) element.scrollTop = topOf(Math.max(0, row - inView / 3), undefined, table.rows, height);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const element = scroll.current;
    if (!element || event.target !== element) return;
    // where a row is less than a line of scrolling, the arrows go row by row all the same
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: inView - 2, PageUp: 2 - inView }[event.key];
    if (by === undefined || pixelsOf(table.rows) === table.rows * rowHeight) return;
    event.preventDefault();
    element.scrollTop = topOf(rowAt(top, table.rows, height) + by, undefined, table.rows, height);
  };

  return (
    <div className="table-view">
      {!bare && (
        <div className="viewer-bar">
          <TableFind table={table} onFound={setFound} onShow={show} />
          {table.columns.length > columnsAtOnce && (
            <ColumnTurner count={table.columns.length} first={firstColumn} onFirst={setFirstColumn} />
          )}
          <Button
            iconName="download"
            onClick={() => saveBlob(new Blob([...csvPieces(table)], { type: "text/csv" }), `${stem(name)}.csv`)}
          >
            CSV
          </Button>
        </div>
      )}
      <section
        ref={scroll}
        className="table-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`Table of ${name}: ${count(table.rows, "row")}, ${count(table.columns.length, "column")}`}
        onScroll={(event: UIEvent<HTMLElement>) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <table
          aria-rowcount={table.rows + 1}
          style={{ width: sum(widths.place, ...widths.columns.slice(firstColumn, firstColumn + columnsAtOnce)) }}
        >
          <colgroup>
            <col style={{ width: widths.place }} />
            {columns.map((column, index) => (
              <col key={column.name} style={{ width: widths.columns[firstColumn + index] }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" className="table-place">
                <span className="viewer-hidden">Row</span>
              </th>
              {columns.map((column) => (
                <th
                  key={column.name}
                  scope="col"
                  className={column.kind === "number" ? "table-number" : undefined}
                  title={column.name}
                >
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 && <Space height={before} columns={columns.length + 1} />}
            {Array.from({ length: last - first }, (_, index) => first + index).map((row) => (
              <tr
                key={row}
                aria-rowindex={row + 2}
                data-found={found?.now === row ? "now" : found?.rows.has(row) ? "true" : undefined}
              >
                <th scope="row" className="table-place">
                  {(row + 1).toLocaleString("en")}
                </th>
                {columns.map((column) => {
                  const text = cellText(column, row);
                  const odd = column.kind === "number" && column.odd.has(row);
                  return (
                    <td
                      key={column.name}
                      className={
                        column.kind === "number" ? (odd ? "table-number table-odd" : "table-number") : undefined
                      }
                      title={text.length > 16 ? text : undefined}
                    >
                      {text}
                    </td>
                  );
                })}
              </tr>
            ))}
            {after > 0 && <Space height={after} columns={columns.length + 1} />}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Space({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="table-space">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

type TurnerProps = { count: number; first: number; onFirst: (first: number) => void };

function ColumnTurner({ count: all, first, onFirst }: TurnerProps) {
  const last = Math.min(first + columnsAtOnce, all);
  return (
    <span className="viewer-aside">
      <Button
        variant="icon"
        iconName="angle-left"
        ariaLabel="Columns before"
        disabled={first === 0}
        onClick={() => onFirst(Math.max(0, first - columnsAtOnce))}
      />
      Columns {first + 1} to {last} of {all.toLocaleString("en")}
      <Button
        variant="icon"
        iconName="angle-right"
        ariaLabel="Columns after"
        disabled={last === all}
        onClick={() => onFirst(first + columnsAtOnce)}
      />
    </span>
  );
}

const sum = (...values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

/** "1 row", "12,345 rows". */
function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}
