// The state of a new job: one document, its inputs, what is wrong with it, and its text while somebody writes the JSON.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import type { Application } from "../../../shared/contract/catalogue.ts";
import { useGateway } from "../gateway.ts";
import { emptyDocument, type JobDocument, readDocument, withValue, writeDocument } from "./document.ts";
import type { Draft, Submission } from "./draft.ts";
import type { Found } from "./dropped-files.ts";
import { type DocumentFault, findFaults } from "./faults.ts";
import { withOnlyFit, withRenamedInput } from "./form-schema.ts";
import { entryFaults, type InputEntry } from "./input-entry.ts";
import { InputShelf } from "./input-shelf.ts";
import type { TextFault } from "./json-face.tsx";
import { useDraft } from "./use-draft.ts";

type Text = { text: string; fault: TextFault | undefined };

export function useNewJob(application: Application, start: Draft) {
  const { client, person, clusters } = useGateway();
  const schema = application.parameters as ParameterSchema;
  const [shelf] = useState(() => {
    const made = new InputShelf(client);
    made.restore(start.inputs);
    return made;
  });
  useEffect(() => () => shelf.stop(), [shelf]);
  const entries = useSyncExternalStore(shelf.subscribe, shelf.entries);
  const names = useKept(entries.map((entry) => entry.name));
  const inputFaults = useKept([...entryFaults(entries)]);

  const [base, setBase] = useState(start.document);
  const [text, setText] = useState<Text>();
  const document = useMemo<JobDocument>(() => ({ ...base, inputs: names }), [base, names]);
  const [tried, setTried] = useState<Submission | undefined>(start.submission);
  const [told, setTold] = useState<{ document: JobDocument; faults: DocumentFault[] }>();
  const [isStrict, setStrict] = useState(false);

  const own = useMemo(
    () => findFaults(document, { application, clusters, inputFaults: new Map(inputFaults) }),
    [document, application, clusters, inputFaults],
  );
  // what the API told of holds for the document that it was told of
  const faults = useMemo(
    () => (told?.document === document ? [...own, ...told.faults.filter((one) => !has(own, one))] : own),
    [own, told, document],
  );
  const draft: Draft = {
    document,
    inputs: entries.map(({ name, size, upload }) => ({ name, size, ...(upload === undefined ? {} : { upload }) })),
    ...(tried === undefined ? {} : { submission: tried }),
  };
  const keeping = useDraft(person.id, draft);

  /** Another document from the form: a text that could not be read gives way. */
  function change(next: JobDocument | ((old: JobDocument) => JobDocument)): void {
    setText(undefined);
    setBase(next);
  }

  return {
    shelf,
    entries,
    document,
    faults,
    /** Without those that the API told of: it may say otherwise the next time. */
    ownFaults: own,
    /** Before anything was tried, what is only still to be filled is no error. */
    shownFaults: useMemo(() => (isStrict ? faults : faults.filter((one) => !one.open)), [faults, isStrict]),
    text: text?.text ?? writeDocument(document),
    textFault: text?.fault,
    tried,
    /** A submission is about to be sent: its key is kept first, so that a repeat after a reload gives the same job. */
    keepTried(submission: Submission): void {
      setTried(submission);
      keeping.keepAtOnce({ ...draft, submission });
    },
    beStrict: () => setStrict(true),
    tell: (faults: DocumentFault[]) => setTold({ document, faults }),
    endDraft: keeping.end,
    change,

    /** What was written as JSON: the document follows as soon as it is one. */
    write(written: string): void {
      const reading = readDocument(written, application.id);
      if ("document" in reading) {
        setText({ text: written, fault: undefined });
        shelf.setNames(reading.document.inputs);
        setBase(reading.document);
      } else setText({ text: written, fault: reading });
    },
    /** Back to the last document that could be read. */
    discardText: () => setText(undefined),

    addFiles({ files }: Found): void {
      const after = [...new Set([...entries.map((entry) => entry.name), ...files.map((file) => file.name)])];
      change((old) => ({ ...old, parameters: withOnlyFit(old.parameters, schema, after) }));
      shelf.add(files);
    },
    renameInput(entry: InputEntry, name: string): void {
      change((old) => ({ ...old, parameters: withRenamedInput(old.parameters, schema, entry.name, name) }));
      shelf.rename(entry.key, name);
    },
    setResource: (name: string, value: unknown) => change((old) => withValue(old, "resources", name, value)),
    setParameters: (parameters: Record<string, unknown>) => change((old) => ({ ...old, parameters })),
    startAfresh(): void {
      shelf.restore([]);
      setText(undefined);
      setBase(emptyDocument(application));
      setTried(undefined);
      setTold(undefined);
      setStrict(false);
    },
  };
}

export type NewJobState = ReturnType<typeof useNewJob>;

function has(faults: readonly DocumentFault[], fault: DocumentFault): boolean {
  return faults.some((one) => one.field === fault.field);
}

/** The same value as long as its JSON is the same. */
function useKept<T>(value: T): T {
  const kept = useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}
