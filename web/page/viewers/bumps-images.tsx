// The pictures that bumps drew, read when they are opened.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useState } from "react";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { ImageView } from "./image-view.tsx";
import { readRange } from "./read-range.ts";
import { Reading } from "./reading.tsx";
import { useRead } from "./use-read.ts";

type BumpsImagesProps = { images: readonly { label: string; file: JobFile }[] };

export function BumpsImages({ images }: BumpsImagesProps) {
  const [open, setOpen] = useState(false);
  return (
    <ExpandableSection
      variant="container"
      headerText="Pictures by bumps"
      headerCounter={`(${images.length})`}
      expanded={open}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {open && (
        <div className="results-grid">
          {images.map(({ label, file }) => (
            <figure key={file.path} className="results-figure">
              <figcaption>{label}</figcaption>
              <Picture file={file} />
            </figure>
          ))}
        </div>
      )}
    </ExpandableSection>
  );
}

const mostBytes = 32 * 1024 * 1024;

function Picture({ file }: { file: JobFile }) {
  const { client } = useGateway();
  const read = useRead(`${file.href} ${file.sha256}`, (signal) =>
    readRange(client.options, file, 0, Math.min(file.size, mostBytes), signal),
  );
  return (
    <Reading read={read} what={file.path}>
      {({ bytes }) => <ImageView bytes={bytes} type="image/png" name={file.path} />}
    </Reading>
  );
}
