// Where a download goes: a large file straight to disk where the browser can, everything else by way of a Blob.

type Sink = {
  write(chunk: Uint8Array<ArrayBuffer>): void | Promise<void>;
  /** All bytes are there and are right. */
  close(): void | Promise<void>;
  /** They are not: nothing is kept. */
  abandon(): void | Promise<void>;
};

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

/** From this size on a file is not held in memory where that can be avoided (bytes). */
const largeBytes = 200_000_000;

/** Opens the place for a file of that name. Rejects where the person cancelled. */
export async function openSink(name: string, size: number): Promise<Sink> {
  const { showSaveFilePicker } = window as { showSaveFilePicker?: Picker };
  if (size < largeBytes || !showSaveFilePicker) return blobSink(name);
  const handle = await showSaveFilePicker({ suggestedName: name });
  const file = await handle.createWritable();
  return { write: (chunk) => file.write(chunk), close: () => file.close(), abandon: () => file.abort() };
}

function blobSink(name: string): Sink {
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: (chunk) => void chunks.push(chunk),
    abandon() {
      chunks = [];
    },
    close() {
      // a neutral type: whatever a job wrote is saved, never shown as a document of this page
      const url = URL.createObjectURL(new Blob(chunks, { type: "application/octet-stream" }));
      const link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
  };
}
