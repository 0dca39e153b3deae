// How the form library lays out parameters: groups, fields, lists, and the choice between alternatives.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
} from "@rjsf/utils";
import type { ReactNode } from "react";
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import { groupsOf } from "./form-schema.ts";

/** What templates and widgets know beside the schema. */
export type FormContext = {
  /** Names of the job's inputs. */
  inputs: readonly string[];
  /** The alternatives of which one is given, those that are shown, and what is wrong with the choice. */
  choice?: { names: readonly string[]; shown: readonly string[]; fault?: string };
  onChoose: (name: string) => void;
};

const contextOf = (registry: { formContext: unknown }) => registry.formContext as FormContext;

export function ObjectFieldTemplate({ properties, schema, registry, fieldPathId, title }: ObjectFieldTemplateProps) {
  const { choice, onChoose } = contextOf(registry);
  const isRoot = fieldPathId.path.length === 0;
  const content = new Map(properties.map((property) => [property.name, property.content]));
  const fields = (schema.properties ?? {}) as Record<string, ParameterSchema>;
  if (!isRoot)
    return (
      <FormField label={title} stretch>
        <SpaceBetween size="m">{[...content.values()]}</SpaceBetween>
      </FormField>
    );
  const isHidden = (name: string) => choice?.names.includes(name) && !choice.shown.includes(name);
  return (
    <SpaceBetween size="l">
      {groupsOf({ properties: fields }).map((group) => {
        const choosing = choice && group.names.includes(choice.names[0] ?? "") ? choice : undefined;
        const shown = group.names.filter((name) => !isHidden(name));
        return (
          <Group key={group.title} title={group.title}>
            {choosing && (
              <FormField
                label={`${choosing.names.map((name) => fields[name]?.title ?? name).join(", or ")}?`}
                errorText={choosing.fault}
                stretch
              >
                <RadioGroup
                  direction="horizontal"
                  value={choosing.shown.length === 1 ? (choosing.shown[0] ?? null) : null}
                  onChange={({ detail }) => onChoose(detail.value)}
                  items={choosing.names.map((name) => ({ value: name, label: fields[name]?.title ?? name }))}
                />
              </FormField>
            )}
            <div className="parameter-grid">
              {shown.map((name) => (
                <div key={name} data-wide={isWide(fields[name])}>
                  {content.get(name)}
                </div>
              ))}
            </div>
          </Group>
        );
      })}
    </SpaceBetween>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  if (title === "") return <SpaceBetween size="m">{children}</SpaceBetween>;
  return (
    <fieldset className="parameter-group">
      <legend>{title}</legend>
      <SpaceBetween size="m">{children}</SpaceBetween>
    </fieldset>
  );
}

/** Numbers stand beside each other; what needs room has a line of its own. */
function isWide(schema: ParameterSchema | undefined): boolean {
  return schema?.type !== "integer" && schema?.type !== "number" && schema?.type !== "boolean";
}

export function FieldTemplate(props: FieldTemplateProps) {
  const { fieldPathId, label, rawDescription, rawErrors, required, schema, displayLabel, hidden, children, registry } =
    props;
  if (hidden) return <div hidden>{children}</div>;
  const errorText = rawErrors?.join(" ");
  // an item of a list is told by its list
  if (typeof fieldPathId.path.at(-1) === "number")
    return (
      <FormField errorText={errorText} stretch>
        {children}
      </FormField>
    );
  if (schema.type === "object" || schema.type === "array") return children;
  const chosen = contextOf(registry).choice?.names.includes(String(fieldPathId.path[0])) ?? false;
  const isOptional = !required && !chosen && schema.default === undefined && displayLabel;
  return (
    <FormField
      label={displayLabel ? <Label text={label} isOptional={isOptional ?? false} /> : undefined}
      description={rawDescription}
      errorText={errorText}
      stretch
    >
      {children}
    </FormField>
  );
}

function Label({ text, isOptional }: { text: string; isOptional: boolean }) {
  return isOptional ? (
    <>
      {text} <i>- optional</i>
    </>
  ) : (
    text
  );
}

export function ArrayFieldTemplate({ title, schema, items, canAdd, onAddClick, rawErrors }: ArrayFieldTemplateProps) {
  return (
    <FormField
      label={<Label text={title} isOptional />}
      description={schema.description}
      errorText={rawErrors?.join(" ")}
      stretch
    >
      <SpaceBetween size="xs">
        {items}
        {canAdd !== false && (
          <Button formAction="none" iconName="add-plus" onClick={() => onAddClick()} ariaLabel={`Add to ${title}`}>
            Add
          </Button>
        )}
      </SpaceBetween>
    </FormField>
  );
}

export function ArrayFieldItemTemplate({ children, buttonsProps, index, parentUiSchema }: ArrayFieldItemTemplateProps) {
  const what = String(parentUiSchema?.["ui:title"] ?? "item");
  return (
    <div className="list-item">
      <div>{children}</div>
      <Button
        formAction="none"
        variant="icon"
        iconName="remove"
        ariaLabel={`Remove ${what} ${index + 1}`}
        onClick={() => buttonsProps.onRemoveItem()}
      />
    </div>
  );
}
