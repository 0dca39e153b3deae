// A program's parameters as a table: namelists, KEY = VALUE and the like.
import Alert from "@cloudscape-design/components/alert";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { sizeWords } from "../words.ts";
import { parseParameters } from "./parse-parameters.ts";
import { readRange } from "./read-range.ts";
import { Faults, Reading } from "./reading.tsx";
import type { Encoding } from "./sniff.ts";
import { textTable } from "./table.ts";
import { TableView } from "./table-view.tsx";
import { useRead } from "./use-read.ts";

const mostBytes = 4 * 1024 * 1024;

export function ParametersView({ file, encoding }: { file: JobFile; encoding: Encoding }) {
  const { client } = useGateway();
  const read = useRead(`${file.href} ${file.sha256} ${encoding}`, async (signal) => {
    const { bytes, total } = await readRange(client.options, file, 0, mostBytes, signal);
    const parsed = parseParameters(new TextDecoder(encoding).decode(bytes));
    const found = parsed?.parameters ?? [];
    const grouped = found.some((one) => one.group !== "");
    const table = textTable(
      grouped ? ["group", "parameter", "value"] : ["parameter", "value"],
      found.map(({ group, name, value }) => (grouped ? [group, name, value] : [name, value])),
    );
    return { table, faults: parsed?.faults ?? [], read: bytes.length, total };
  });
  return (
    <Reading read={read} what={file.path}>
      {({ table, faults, read: bytes, total }) => (
        <>
          {bytes < total && (
            <Alert type="info">
              Shown: the first {sizeWords(bytes)} of {sizeWords(total)}.
            </Alert>
          )}
          <Faults faults={faults} count={faults.length} />
          <TableView table={table} name={file.path} />
        </>
      )}
    </Reading>
  );
}
