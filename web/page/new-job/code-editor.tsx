// A text editor for the page: JSON with faults at their places, or the plain text of a script. Loaded when it is needed.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";

export type EditorFault = { from: number; to: number; severity: "error" | "info"; message: string };

type CodeEditorProps = {
  value: string;
  onChange: (text: string) => void;
  language: "json" | "text";
  label: string;
  faults?: readonly EditorFault[];
  invalid?: boolean;
};

export function CodeEditor({ value, onChange, language, label, faults, invalid = false }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(onChange);
  const isInvalid = useRef(invalid);
  // texts that were told of and have not come back as `value`: they are not to be written over what was typed since
  const told = useRef<string[]>([]);
  useEffect(() => {
    latest.current = onChange;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is handed to it below
  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          ...setup,
          language === "json" ? [json(), closeBrackets(), lintGutter()] : [],
          EditorView.contentAttributes.of(() => ({
            "aria-label": label,
            "aria-invalid": String(isInvalid.current),
          })),
          // files are for the page; the editor would put their text in
          EditorView.domEventHandlers({ drop: (event) => event.dataTransfer?.types.includes("Files") ?? false }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const text = update.state.doc.toString();
            if (update.transactions.some((one) => one.isUserEvent("set"))) return;
            told.current.push(text);
            latest.current(text);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [language, label]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const place = told.current.indexOf(value);
    if (place >= 0) {
      told.current.splice(0, place + 1);
      return;
    }
    const text = editor.state.doc.toString();
    if (text === value) return;
    told.current = [];
    editor.dispatch({ changes: { from: 0, to: text.length, insert: value }, userEvent: "set" });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !faults) return;
    const { length } = editor.state.doc;
    const diagnostics: Diagnostic[] = faults.map(({ from, to, ...rest }) => ({
      ...rest,
      from: Math.min(from, length),
      to: Math.min(to, length),
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [faults]);

  useEffect(() => {
    isInvalid.current = invalid;
    // its attributes are read anew with every update
    view.current?.dispatch({});
  }, [invalid]);

  return <div ref={place} className="code-editor" data-invalid={invalid} />;
}

const theme = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "light-dark(#ffffff, #0f141a)", color: "light-dark(#0f141a, #dedee3)" },
  "&.cm-focused": { outline: "2px solid light-dark(#006ce0, #42b4ff)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: 'Menlo, Consolas, "DejaVu Sans Mono", monospace', lineHeight: "1.55" },
  ".cm-gutters": {
    backgroundColor: "light-dark(#f6f6f9, #161d26)",
    color: "light-dark(#5c6370, #a4abb8)",
    borderRight: "1px solid light-dark(#dedee3, #333843)",
  },
  ".cm-activeLine": { backgroundColor: "light-dark(#f2f8fd, #18222c)" },
  ".cm-cursor": { borderLeftColor: "light-dark(#0f141a, #ffffff)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#cde6fb, #1f4262)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "light-dark(#d9ecd9, #254a2f)" },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "light-dark(#ffffff, #161d26)",
    color: "light-dark(#0f141a, #dedee3)",
    borderColor: "light-dark(#c6c6cd, #424650)",
  },
  ".cm-panel input, .cm-panel button": {
    backgroundImage: "none",
    backgroundColor: "light-dark(#ffffff, #0f141a)",
    color: "inherit",
    border: "1px solid light-dark(#7d8998, #7d8998)",
  },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "light-dark(#0a4f9e, #85c4ff)" },
  { tag: tags.string, color: "light-dark(#1b6b2f, #8fd9a8)" },
  { tag: tags.number, color: "light-dark(#8a3b00, #f5b971)" },
  { tag: [tags.bool, tags.null], color: "light-dark(#7a1fa2, #d9a6ff)" },
]);

const setup: Extension[] = [
  lineNumbers(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  search({ top: true }),
  EditorView.lineWrapping,
  syntaxHighlighting(colours),
  theme,
  // Tab is left to the browser: whoever has no mouse gets out of the editor by it
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
];
