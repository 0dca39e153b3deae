// The controls of parameters, by Cloudscape; each shows as its placeholder what is taken where it stays blank.
import Checkbox from "@cloudscape-design/components/checkbox";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Spinner from "@cloudscape-design/components/spinner";
import Textarea from "@cloudscape-design/components/textarea";
import type { WidgetProps } from "@rjsf/utils";
import { lazy, Suspense } from "react";
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import { fittingInputs } from "./form-schema.ts";
import type { FormContext } from "./form-templates.tsx";

const CodeEditor = lazy(async () => ({ default: (await import("./code-editor.tsx")).CodeEditor }));

/** A list is filtered from this many choices on. */
const manyOptions = 10;

const schemaOf = (props: WidgetProps) => props.schema as ParameterSchema;

export function TextWidget(props: WidgetProps) {
  const { value, onChange, options, label, hideLabel, disabled, required } = props;
  const schema = schemaOf(props);
  const isNumber = schema.type === "integer" || schema.type === "number";
  const unit = schema["x-unit"];
  const input = (
    <Input
      value={value === undefined || value === null ? "" : String(value)}
      // what was typed stays as it is: a text where a number should be is a fault with words, never silently dropped
      onChange={({ detail }) => onChange(detail.value === "" ? options.emptyValue : detail.value)}
      inputMode={schema.type === "integer" ? "numeric" : isNumber ? "decimal" : "text"}
      placeholder={schema.default === undefined ? "" : `${String(schema.default)} (the default)`}
      spellcheck={false}
      disabled={disabled ?? false}
      ariaRequired={required ?? false}
      {...(hideLabel || isItem(props) ? { ariaLabel: label } : {})}
    />
  );
  return unit === undefined ? (
    input
  ) : (
    <div className="with-unit">
      {input}
      <span>{unit}</span>
    </div>
  );
}

const isItem = ({ id }: WidgetProps) => /_\d+$/.test(id);

export function TextareaWidget({ value, onChange, options, disabled }: WidgetProps) {
  return (
    <Textarea
      value={typeof value === "string" ? value : ""}
      onChange={({ detail }) => onChange(detail.value === "" ? options.emptyValue : detail.value)}
      disabled={disabled ?? false}
    />
  );
}

export function CheckboxWidget(props: WidgetProps) {
  const { value, onChange, label, disabled } = props;
  return (
    <Checkbox
      checked={(value ?? schemaOf(props).default) === true}
      onChange={({ detail }) => onChange(detail.checked)}
      disabled={disabled ?? false}
    >
      {label}
    </Checkbox>
  );
}

export function SelectWidget(props: WidgetProps) {
  const { value, onChange, options, required, disabled } = props;
  const schema = schemaOf(props);
  const known = (options.enumOptions ?? []).map((option) => ({
    value: JSON.stringify(option.value),
    label: option.label,
    ...(option.value === schema.default ? { labelTag: "default" } : {}),
  }));
  const current = value ?? schema.default;
  const none = { value: "", label: "Not set" };
  const selected =
    current === undefined
      ? null
      : (known.find((option) => option.value === JSON.stringify(current)) ?? { value: "?", label: String(current) });
  return (
    <Select
      selectedOption={selected}
      options={schema.default === undefined && !required ? [none, ...known] : known}
      filteringType={known.length > manyOptions ? "auto" : "none"}
      onChange={({ detail }) => {
        const chosen = detail.selectedOption.value ?? "";
        onChange(chosen === "" ? undefined : JSON.parse(chosen));
      }}
      placeholder="Choose"
      ariaRequired={required ?? false}
      disabled={disabled ?? false}
    />
  );
}

/** One of the job's inputs by its name. */
export function InputWidget(props: WidgetProps) {
  const { value, onChange, required, disabled, registry } = props;
  const schema = schemaOf(props);
  const names = fittingInputs(schema, (registry.formContext as FormContext).inputs);
  const selected = typeof value === "string" && value !== "" ? { value, label: value } : null;
  return (
    <Select
      selectedOption={selected}
      options={names.map((name) => ({ value: name, label: name }))}
      filteringType={names.length > manyOptions ? "auto" : "none"}
      virtualScroll={names.length > 100}
      onChange={({ detail }) => onChange(detail.selectedOption.value)}
      placeholder={names.length === 0 ? "Add the file below first" : "Choose an input"}
      empty={`There is no such input yet; accepted is ${schema["x-accepted"] ?? "any file that was added"}`}
      ariaRequired={required ?? false}
      disabled={disabled ?? false}
    />
  );
}

/** A text of some length: a script, in an editor. */
export function ScriptWidget({ value, onChange, options, label, rawErrors }: WidgetProps) {
  return (
    <Suspense fallback={<Spinner />}>
      <CodeEditor
        value={typeof value === "string" ? value : ""}
        onChange={(text) => onChange(text === "" ? options.emptyValue : text)}
        language="text"
        label={label}
        invalid={(rawErrors?.length ?? 0) > 0}
      />
    </Suspense>
  );
}
