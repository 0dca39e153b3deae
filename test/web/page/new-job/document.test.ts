import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  documentOfJob,
  emptyDocument,
  isTouched,
  type JobDocument,
  readDocument,
  toSubmission,
  withField,
  withValue,
  writeDocument,
} from "../../../../web/page/new-job/document.ts";
import { submissionOf } from "./documents.ts";

const bumps = { id: "bumps", version: "1" };

describe("the document of a new job", () => {
  it("comes back from its JSON as it was, whatever it holds", () => {
    const text = fc.string({ unit: "binary", maxLength: 20 }).filter((one) => one.isWellFormed());
    const documents = fc.record(
      {
        application: fc.constant("bumps"),
        name: text,
        tags: fc.array(text),
        parameters: fc.dictionary(
          text.filter((key) => key !== "__proto__"),
          fc.jsonValue({ maxDepth: 2 }),
          { maxKeys: 5 },
        ),
        resources: fc.dictionary(fc.constantFrom("nodes", "wallMinutes", "other"), fc.jsonValue()),
        inputs: fc.array(text),
      },
      { requiredKeys: ["application", "parameters", "resources", "inputs"] },
    );
    fc.assert(
      fc.property(documents, (document) => {
        const reading = readDocument(writeDocument(document), "bumps");
        expect(reading).toEqual({ document: JSON.parse(JSON.stringify(document)) });
      }),
    );
  });

  it("never takes a text for a document whose parts the form could not show", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const reading = readDocument(text, "bumps");
        if ("document" in reading) expect(reading.document).toMatchObject({ application: "bumps", inputs: [] });
        else expect(reading.fault).not.toBe("");
      }),
    );
  });

  it.each([
    ['{"application":"bumps",', "this is not JSON", undefined],
    ["[]", "a job is an object: { … }", []],
    ['{"application":"script"}', 'accepted is "bumps": another application has a page of its own', ["application"]],
    ['{"application":"bumps","colour":1}', /no such field; there are application, /, ["colour"]],
    ['{"application":"bumps","parameters":[]}', "accepted is an object: { … }", ["parameters"]],
    ['{"application":"bumps","inputs":["a",{"name":"b"}]}', "accepted is the name of a file, as a text", ["inputs", 1]],
    ['{"application":"bumps","name":5}', "accepted is a text", ["name"]],
  ])("says why %s is no document, and where", (text, fault, path) => {
    const reading = readDocument(text, "bumps");
    expect(reading).toMatchObject({ fault: fault instanceof RegExp ? expect.stringMatching(fault) : fault });
    expect((reading as { path?: unknown }).path).toEqual(path);
  });

  it("says about where a text stops being JSON", () => {
    expect(readDocument('{"application": "bumps", oops}', "bumps")).toMatchObject({ offset: 25 });
  });

  it("takes values that are wrong: that is for the faults to say", () => {
    const text = '{"application":"bumps","parameters":{"steps":"many"},"resources":{"nodes":-1}}';
    expect(readDocument(text, "bumps")).toEqual({
      document: { application: "bumps", parameters: { steps: "many" }, resources: { nodes: -1 }, inputs: [] },
    });
  });

  it("is submitted with the uploads of its inputs", () => {
    const document: JobDocument = { ...emptyDocument(bumps), inputs: ["a", "b"], name: "N" };
    expect(toSubmission(document, (place) => `upload ${place}`)).toEqual({
      application: "bumps",
      version: "1",
      name: "N",
      parameters: {},
      resources: {},
      inputs: [
        { upload: "upload 0", name: "a" },
        { upload: "upload 1", name: "b" },
      ],
    });
  });

  it("begins as the job that is run anew, for the version that there is now", () => {
    const { job, document } = submissionOf();
    expect(documentOfJob(job, { id: "bumps", version: "2" }, { mail: true })).toEqual(document);
  });

  it("keeps who is told of a job that is run anew, unless the site sends no mail", () => {
    const { document } = submissionOf();
    const mail = { to: ["alice@example.org"], on: ["failed" as const] };
    const job = { ...submissionOf().job, retry: { limit: 0, on: [] }, mail };
    const begun = (sends: boolean) => documentOfJob(job, { id: "bumps", version: "2" }, { mail: sends });
    expect(begun(true)).toEqual({ ...document, retry: job.retry, mail });
    expect(begun(false)).toEqual({ ...document, retry: job.retry });
  });

  it("loses a field that is emptied", () => {
    const document = withField(withField(emptyDocument(bumps), "name", "N"), "tags", ["x"]);
    expect(withField(withField(document, "name", ""), "tags", [])).toEqual(emptyDocument(bumps));
    expect(withValue(withValue(document, "resources", "nodes", 2), "resources", "nodes", undefined)).toEqual(document);
  });

  it("counts as touched once something was entered", () => {
    const empty = emptyDocument(bumps);
    expect(isTouched(empty)).toBe(false);
    expect(isTouched({ ...empty, cluster: "local" })).toBe(false);
    expect(isTouched({ ...empty, inputs: ["a"] })).toBe(true);
    expect(isTouched({ ...empty, parameters: { steps: 0 } })).toBe(true);
    expect(isTouched({ ...empty, name: "x" })).toBe(true);
  });
});
