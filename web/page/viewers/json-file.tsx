// A JSON file: as a tree where it is small enough, as text where it is large or no JSON.
import Alert from "@cloudscape-design/components/alert";
import Tabs from "@cloudscape-design/components/tabs";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { sizeWords } from "../words.ts";
import { readJson } from "./json-text.ts";
import { JsonView } from "./json-view.tsx";
import { readRange } from "./read-range.ts";
import { Reading } from "./reading.tsx";
import type { Encoding } from "./sniff.ts";
import { TextView } from "./text-view.tsx";
import { useRead } from "./use-read.ts";

const mostTreeBytes = 16 * 1024 * 1024;

export function JsonFile({ file, encoding }: { file: JobFile; encoding: Encoding }) {
  if (file.size > mostTreeBytes)
    return (
      <>
        <Alert type="info">
          A tree is shown of JSON up to {sizeWords(mostTreeBytes)}; this has {sizeWords(file.size)} and is shown as
          text.
        </Alert>
        <TextView file={file} encoding={encoding} />
      </>
    );
  return <JsonTree file={file} encoding={encoding} />;
}

function JsonTree({ file, encoding }: { file: JobFile; encoding: Encoding }) {
  const { client } = useGateway();
  const read = useRead(`${file.href} ${file.sha256} ${encoding}`, async (signal) => {
    const { bytes } = await readRange(client.options, file, 0, file.size, signal);
    try {
      return readJson(new TextDecoder(encoding).decode(bytes));
    } catch (error) {
      return { fault: (error as Error).message };
    }
  });
  return (
    <Reading read={read} what={file.path}>
      {(json) =>
        "fault" in json ? (
          <>
            <Alert type="warning" header="This is not whole JSON">
              {json.fault}. It is shown as text.
            </Alert>
            <TextView file={file} encoding={encoding} />
          </>
        ) : (
          <Tabs
            ariaLabel={`Views of ${file.path}`}
            tabs={[
              {
                id: "tree",
                label: "Tree",
                content: (
                  <>
                    {json.note && <p className="viewer-aside">{json.note}</p>}
                    <JsonView value={json.value} name={file.path} />
                  </>
                ),
              },
              { id: "text", label: "Text", content: <TextView file={file} encoding={encoding} /> },
            ]}
          />
        )
      }
    </Reading>
  );
}
