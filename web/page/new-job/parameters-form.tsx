// The form of an application's parameters, made from its JSON Schema; what is wrong comes from our own validator only.

import { type Schema, Validator } from "@cfworker/json-schema";
import withTheme from "@rjsf/core/lib/withTheme.js";
import type { ErrorSchema, ValidatorType } from "@rjsf/utils";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import type { DocumentFault } from "./faults.ts";
import { formSchema, shownValues, withFormChange } from "./form-schema.ts";
import {
  ArrayFieldItemTemplate,
  ArrayFieldTemplate,
  FieldTemplate,
  type FormContext,
  ObjectFieldTemplate,
} from "./form-templates.tsx";
import {
  CheckboxWidget,
  InputWidget,
  ScriptWidget,
  SelectWidget,
  TextareaWidget,
  TextWidget,
} from "./form-widgets.tsx";
import { sentence } from "./sentence.ts";

type Values = Record<string, unknown>;

const Form = withTheme<Values>({
  templates: { ObjectFieldTemplate, FieldTemplate, ArrayFieldTemplate, ArrayFieldItemTemplate },
  widgets: { TextWidget, TextareaWidget, CheckboxWidget, SelectWidget, InputWidget, ScriptWidget },
});

/** The library asks which branch of a schema a value belongs to; whether it is valid is asked of nobody here. */
const validator: ValidatorType<Values> = {
  isValid: (schema, value) => new Validator(schema as Schema, "2020-12").validate(value).valid,
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: () => ({}),
};

type ParametersFormProps = {
  schema: ParameterSchema;
  values: Values;
  onChange: (values: Values) => void;
  /** Names of the job's inputs. */
  inputs: readonly string[];
  /** Faults to be shown; those of other parts of the document are passed over. */
  faults: readonly DocumentFault[];
};

export function ParametersForm({ schema, values, onChange, inputs, faults }: ParametersFormProps) {
  const form = useMemo(() => formSchema(schema), [schema]);
  const shown = useMemo(() => shownValues(values, schema), [values, schema]);
  // the library takes two functions for the same one: what it calls must always see the latest
  const latest = useRef({ values, shown, onChange });
  useEffect(() => {
    latest.current = { values, shown, onChange };
  });
  const [chosen, choose] = useChoice(form.choice, values, onChange);
  const own = useMemo(() => faults.filter((fault) => fault.path[0] === "parameters"), [faults]);
  const errors = useMemo(() => errorSchema(own), [own]);
  const choiceFault = own.find((fault) => fault.path.length === 1);
  const context = useMemo<FormContext>(
    () => ({
      inputs,
      onChoose: choose,
      ...(form.choice.length === 0
        ? {}
        : {
            choice: {
              names: form.choice,
              shown: chosen,
              ...(choiceFault === undefined ? {} : { fault: sentence(choiceFault) }),
            },
          }),
    }),
    [inputs, choose, form, chosen, choiceFault],
  );
  return (
    <Form
      schema={form.schema}
      uiSchema={form.uiSchema}
      formData={shown}
      formContext={context}
      validator={validator}
      noValidate
      extraErrors={errors}
      showErrorList={false}
      tagName="div"
      idPrefix="parameters"
      experimental_defaultFormStateBehavior={{
        emptyObjectFields: "skipDefaults",
        arrayMinItems: { populate: "never" },
      }}
      onChange={({ formData }) => {
        const { values: all, shown: before, onChange: tell } = latest.current;
        tell(withFormChange(all, schema, before, formData ?? {}));
      }}
    />
  );
}

/** Which of the alternatives are shown: those that are given, else the one chosen last. Another one keeps the text of the first. */
function useChoice(names: readonly string[], values: Values, onChange: (values: Values) => void) {
  const [last, setLast] = useState(names[0]);
  const put = useRef<Values>({});
  const given = names.filter((name) => values[name] !== undefined);
  const key = (given.length > 0 ? given : [last]).join("\n");
  const shown = useMemo(() => key.split("\n"), [key]);
  const latest = useRef({ values, onChange });
  useEffect(() => {
    latest.current = { values, onChange };
  });
  const choose = useCallback(
    (name: string) => {
      const next = { ...latest.current.values };
      for (const other of names) {
        if (next[other] !== undefined) put.current[other] = next[other];
        delete next[other];
      }
      if (put.current[name] !== undefined) next[name] = put.current[name];
      setLast(name);
      latest.current.onChange(next);
    },
    [names],
  );
  return [shown, choose] as const;
}

function errorSchema(faults: readonly DocumentFault[]): ErrorSchema<Values> {
  const root: Record<string, unknown> = {};
  for (const fault of faults) {
    let at = root;
    for (const part of fault.path.slice(1)) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    if (fault.path.length > 1) at.__errors = [sentence(fault)];
  }
  return root as ErrorSchema<Values>;
}
