// A result file as what it is: a table with its plot, a picture, JSON, parameters, text, or bytes.
import Alert from "@cloudscape-design/components/alert";
import Tabs from "@cloudscape-design/components/tabs";
import type { Job, JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { AsCode } from "../snippets/as-code.tsx";
import { sizeWords } from "../words.ts";
import { BinaryView } from "./binary-view.tsx";
import { type Choice, chooseView } from "./choose-view.ts";
import { ImageView } from "./image-view.tsx";
import { JsonFile } from "./json-file.tsx";
import { ParametersView } from "./parameters-view.tsx";
import { readRange } from "./read-range.ts";
import { Reading } from "./reading.tsx";
import { TableFile } from "./table-file.tsx";
import { TextView } from "./text-view.tsx";
import { useRead } from "./use-read.ts";

type FileViewProps = {
  job: Job;
  file: JobFile;
  /** The job's other files, as far as they are known. */
  files: readonly JobFile[];
};

const headBytes = 64 * 1024;
const mostImageBytes = 32 * 1024 * 1024;

export function FileView({ file }: FileViewProps) {
  const { client } = useGateway();
  const read = useRead(`${file.href} ${file.sha256}`, async (signal) => {
    const head = await readRange(client.options, file, 0, headBytes, signal);
    const choice = chooseView(file.path, head.bytes);
    if (choice.kind !== "image" || head.bytes.length >= head.total) return { choice, head: head.bytes };
    if (head.total > mostImageBytes) {
      const what = `this picture has ${sizeWords(head.total)}; up to ${sizeWords(mostImageBytes)} are shown here`;
      return { choice: { kind: "binary", what } satisfies Choice, head: head.bytes };
    }
    return { choice, head: (await readRange(client.options, file, 0, head.total, signal)).bytes };
  });
  return (
    <div className="file-view">
      <Reading read={read} what={file.path}>
        {({ choice, head }) => <Chosen file={file} choice={choice} head={head} />}
      </Reading>
      <AsCode
        title="This file as code"
        requests={{ method: "GET", path: file.href, saveAs: file.path.slice(file.path.lastIndexOf("/") + 1) }}
      />
    </div>
  );
}

function Chosen({ file, choice, head }: { file: JobFile; choice: Choice; head: Uint8Array<ArrayBuffer> }) {
  switch (choice.kind) {
    case "empty":
      return <Alert type="info">The file is empty.</Alert>;
    case "binary":
      return <BinaryView file={file} what={choice.what} head={head} />;
    case "image":
      return <ImageView bytes={head} type={choice.type} name={file.path} />;
    case "json":
      return <JsonFile file={file} encoding={choice.encoding} />;
    case "table":
      return <TableFile file={file} encoding={choice.encoding} />;
    case "parameters":
      return (
        <Tabs
          ariaLabel={`Views of ${file.path}`}
          tabs={[
            {
              id: "parameters",
              label: "Parameters",
              content: <ParametersView file={file} encoding={choice.encoding} />,
            },
            { id: "text", label: "Text", content: <TextView file={file} encoding={choice.encoding} /> },
          ]}
        />
      );
    case "text":
      return <TextView file={file} encoding={choice.encoding} />;
  }
}
