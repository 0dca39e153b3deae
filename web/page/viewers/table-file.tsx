// A file that holds a table: as a table, as a plot, and as the text that it is.
import Alert from "@cloudscape-design/components/alert";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { sizeWords } from "../words.ts";
import { firstChoice } from "./plot-columns.ts";
import { PlotView } from "./plot-view.tsx";
import { readTable } from "./read-table.ts";
import { Faults, Reading } from "./reading.tsx";
import type { Encoding } from "./sniff.ts";
import type { Table } from "./table.ts";
import { TableView } from "./table-view.tsx";
import { TextView } from "./text-view.tsx";
import { useRead } from "./use-read.ts";

export function TableFile({ file, encoding }: { file: JobFile; encoding: Encoding }) {
  const { client } = useGateway();
  const [done, setDone] = useState(0);
  const read = useRead(`${file.href} ${file.sha256} ${encoding}`, (signal) =>
    readTable(client.options, file, encoding, signal, setDone),
  );
  const progress = `${sizeWords(done)} of ${sizeWords(file.size)}`;
  return (
    <Reading read={read} what={file.path} {...(done > 0 ? { progress } : {})}>
      {({ table, read: bytes, total }) => (
        <>
          {bytes < total && (
            <Alert type="info">
              Shown: the first {table.rows.toLocaleString("en")} rows, from {sizeWords(bytes)} of {sizeWords(total)}.
              The download has all of it.
            </Alert>
          )}
          <Faults faults={table.faults} count={table.faultCount} />
          <Tabs
            ariaLabel={`Views of ${file.path}`}
            tabs={[
              ...(firstChoice(table)
                ? [{ id: "plot", label: "Plot", content: <PlotView table={table} name={file.path} /> }]
                : []),
              { id: "table", label: "Table", content: <TableWithComments table={table} name={file.path} /> },
              { id: "text", label: "Text", content: <TextView file={file} encoding={encoding} /> },
            ]}
          />
        </>
      )}
    </Reading>
  );
}

function TableWithComments({ table, name }: { table: Table; name: string }) {
  const { comments } = table;
  return (
    <>
      <TableView table={table} name={name} />
      {comments.length > 0 && (
        <ExpandableSection
          headerText={comments.length === 1 ? "1 comment in the file" : `${comments.length} comments in the file`}
          variant="footer"
        >
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="viewer-scroll" tabIndex={0} aria-label={`Comments in ${name}`}>
            <pre>{comments.join("\n")}</pre>
          </section>
        </ExpandableSection>
      )}
    </>
  );
}
