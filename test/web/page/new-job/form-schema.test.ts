import { describe, expect, it } from "vitest";
import type { ParameterSchema } from "../../../../shared/application/application-spec.ts";
import { bumps } from "../../../../shared/application/bumps.ts";
import { script } from "../../../../shared/application/script.ts";
import {
  fittingInputs,
  formSchema,
  groupsOf,
  shownValues,
  withFormChange,
  withOnlyFit,
  withRenamedInput,
} from "../../../../web/page/new-job/form-schema.ts";

describe("the form of an application's schema", () => {
  it("has groups and fields in the schema's order", () => {
    expect(groupsOf(bumps.parameters)).toEqual([
      { title: "Model", names: ["model"] },
      { title: "Fit", names: ["fitter", "steps", "seed"] },
      { title: "Sampling", names: ["burn", "samples", "pop", "thin"] },
    ]);
  });

  it("makes a choice of alternatives, and controls of our own keywords", () => {
    const form = formSchema(script.parameters);
    expect(form.choice).toEqual(["script", "text"]);
    expect(form.schema).not.toHaveProperty("oneOf");
    expect(form.uiSchema.script).toEqual({ "ui:widget": "InputWidget" });
    expect(form.uiSchema.text).toEqual({ "ui:widget": "ScriptWidget" });
  });

  it("leaves a oneOf alone that says more than what is required", () => {
    const schema: ParameterSchema = { type: "object", oneOf: [{ required: ["a"] }, { required: ["b"], maxItems: 1 }] };
    expect(formSchema(schema)).toMatchObject({ choice: [], schema: { oneOf: schema.oneOf } });
  });

  it("shows what it can show; the rest stays in the document through every change of the form", () => {
    const values = { arguments: "no list", interpreter: "sh", unknown: 1 };
    const shown = shownValues(values, script.parameters);
    expect(shown).toEqual({ interpreter: "sh" });
    expect(withFormChange(values, script.parameters, shown, { interpreter: "bash" })).toEqual({
      ...values,
      interpreter: "bash",
    });
  });

  it("takes away what was emptied, and gives a new argument its empty text", () => {
    const change = (before: Record<string, unknown>, after: Record<string, unknown>) =>
      withFormChange(before, script.parameters, before, after);
    expect(change({ text: "x" }, { text: undefined })).toEqual({});
    expect(change({}, { arguments: [undefined] })).toEqual({ arguments: [""] });
    expect(change({ arguments: ["a"] }, { arguments: ["a", null] })).toEqual({ arguments: ["a", ""] });
    expect(change({ arguments: ["a"] }, { arguments: [] })).toEqual({});
  });

  it("offers the inputs that fit, and takes the only one by itself", () => {
    const model = bumps.parameters.properties?.model;
    expect(fittingInputs(model, ["a.py", "b.dat", "c/d.py"])).toEqual(["a.py", "c/d.py"]);
    expect(withOnlyFit({}, bumps.parameters, ["a.py", "b.dat"])).toEqual({ model: "a.py" });
    expect(withOnlyFit({}, bumps.parameters, ["a.py", "b.py"])).toEqual({});
    expect(withOnlyFit({ model: "b.py" }, bumps.parameters, ["a.py"])).toEqual({ model: "b.py" });
  });

  it("follows an input to its new name", () => {
    expect(withRenamedInput({ model: "a.py", fitter: "a.py" }, bumps.parameters, "a.py", "b.py")).toEqual({
      model: "b.py",
      fitter: "a.py",
    });
  });
});
