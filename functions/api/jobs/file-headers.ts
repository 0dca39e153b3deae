// How a result file is handed over: always as an attachment, never as a page.

const types: Readonly<Record<string, string>> = {
  txt: "text/plain; charset=utf-8",
  log: "text/plain; charset=utf-8",
  out: "text/plain; charset=utf-8",
  err: "text/plain; charset=utf-8",
  par: "text/plain; charset=utf-8",
  dat: "text/plain; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  json: "application/json",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  pdf: "application/pdf",
  gz: "application/gzip",
  zip: "application/zip",
};

/** The media type by the name's ending; what a browser could run is plain bytes. */
export function mediaType(path: string): string {
  const name = baseName(path);
  if (name === "stdout" || name === "stderr") return "text/plain; charset=utf-8";
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  return (Object.hasOwn(types, ending) ? types[ending] : undefined) ?? "application/octet-stream";
}

/** A Content-Disposition that keeps any name whole (RFC 6266). */
export function disposition(path: string): string {
  const name = baseName(path).toWellFormed();
  const plain = name.replaceAll(/[^\w .()+=@,-]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
