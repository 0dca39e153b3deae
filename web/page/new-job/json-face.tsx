// The document as JSON, to be written by hand; what is wrong is told at its line.
import { useMemo } from "react";
import { CodeEditor, type EditorFault } from "./code-editor.tsx";
import type { DocumentFault } from "./faults.ts";
import { findPlace } from "./json-place.ts";
import { sentence } from "./sentence.ts";

/** Why a text is no document. `path` or `offset`: where. */
export type TextFault = { fault: string; path?: readonly (string | number)[]; offset?: number };

type JsonFaceProps = {
  text: string;
  onChange: (text: string) => void;
  faults: readonly DocumentFault[];
  textFault: TextFault | undefined;
};

export function JsonFace({ text, onChange, faults, textFault }: JsonFaceProps) {
  const marks = useMemo<EditorFault[]>(() => {
    // while the text is no document, the faults are those of an earlier one
    if (textFault) return [{ ...placeOf(text, textFault), severity: "error", message: capital(textFault.fault) }];
    return faults.map((fault) => ({
      ...findPlace(text, fault.path),
      severity: fault.open ? "info" : "error",
      message: sentence(fault),
    }));
  }, [text, faults, textFault]);
  return (
    <CodeEditor
      value={text}
      onChange={onChange}
      language="json"
      label="The job as JSON"
      faults={marks}
      invalid={textFault !== undefined}
    />
  );
}

function placeOf(text: string, { path, offset }: TextFault) {
  if (path) return findPlace(text, path);
  const from = Math.max(0, Math.min(offset ?? text.length, text.length) - 1);
  return { from, to: Math.min(from + 1, text.length) };
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
