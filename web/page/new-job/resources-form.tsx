// What a job asks of the cluster. Blank means the application's default, which is shown in its place.
import Alert from "@cloudscape-design/components/alert";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Partition } from "../../../shared/contract/catalogue.ts";
import type { Resources } from "../../../shared/contract/job.ts";
import type { DocumentFault } from "./faults.ts";
import {
  mostOf,
  type NumberField,
  numberFields,
  partitionOf,
  partitionWords,
  perCpu,
  typedNumber,
} from "./resource-fields.ts";
import { sentence } from "./sentence.ts";

type ResourcesFormProps = {
  resources: Readonly<Record<string, unknown>>;
  defaults: Resources;
  partitions: readonly Partition[];
  onChange: (name: string, value: unknown) => void;
  faults: readonly DocumentFault[];
};

export function ResourcesForm({ resources, defaults, partitions, onChange, faults }: ResourcesFormProps) {
  const wordsAt = (name: string) => {
    const fault = faults.find((one) => one.path[0] === "resources" && one.path[1] === name);
    return fault === undefined ? undefined : sentence(fault);
  };
  const partition = partitionOf({ ...defaults, ...resources }, partitions);
  const text = (name: "account" | "qos" | "gres" | "constraint", title: string, description: string) => (
    <FormField label={title} description={description} errorText={wordsAt(name)} stretch>
      <NameInput
        names={name === "account" ? partition?.accounts : name === "qos" ? partition?.qos : undefined}
        value={resources[name]}
        preset={defaults[name] ?? (name === "account" || name === "qos" ? "the cluster's default" : "none")}
        onChange={(value) => onChange(name, value)}
      />
    </FormField>
  );
  const number = (field: NumberField) => (
    <NumberInput
      key={field.name}
      field={field}
      value={resources[field.name]}
      preset={defaults[field.name]}
      most={mostOf(field.name, partition)}
      onChange={(value) => onChange(field.name, value)}
      errorText={wordsAt(field.name)}
    />
  );
  return (
    <SpaceBetween size="l">
      <PartitionField
        value={resources.partition}
        partitions={partitions}
        preset={defaults.partition}
        onChange={(value) => onChange("partition", value)}
        errorText={wordsAt("partition")}
      />
      {partition?.up === false && (
        <Alert type="warning">
          {`The partition ${partition.name} starts no jobs now: a job for it waits until its operators open it again.`}
        </Alert>
      )}
      <div className="parameter-grid">{numberFields.map(number)}</div>
      <ExpandableSection
        headerText="Slurm account, quality of service, features"
        defaultExpanded={
          ["account", "qos", "constraint", "gres", "memoryPerCpuMb"].some((name) => resources[name] !== undefined) ||
          partition?.accounts !== undefined ||
          partition?.qos !== undefined
        }
      >
        <div className="parameter-grid">
          {text("account", "Account", "Whose share of the cluster is used.")}
          {text("qos", "Quality of service", "A QOS of that account.")}
          {text("constraint", "Features of the nodes", "As Slurm writes them: haswell|skylake.")}
          {text("gres", "Other resources per node", "As Slurm writes them: fpga:1.")}
          {number(perCpu)}
        </div>
      </ExpandableSection>
    </SpaceBetween>
  );
}

/** A value as it is in the JSON, whatever it is; a text without its quotes. */
const shown = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

type NameInputProps = {
  /** Those that may be used; undefined: any. */
  names: readonly string[] | undefined;
  value: unknown;
  preset: string;
  onChange: (value: string | undefined) => void;
};

/** A name that is chosen where the cluster has told which there are, and else typed. */
function NameInput({ names, value, preset, onChange }: NameInputProps) {
  if (names === undefined)
    return (
      <Input
        value={shown(value)}
        placeholder={preset}
        spellcheck={false}
        onChange={({ detail }) => onChange(detail.value === "" ? undefined : detail.value)}
      />
    );
  const blank = { value: "", label: `Not set: ${preset}` };
  const options = [blank, ...names.map((name) => ({ value: name, label: name }))];
  const selected = value === undefined ? blank : options.find((option) => option.value === value);
  return (
    <Select
      selectedOption={selected ?? { value: "?", label: shown(value) }}
      options={options}
      filteringType={names.length > 10 ? "auto" : "none"}
      onChange={({ detail }) => onChange(detail.selectedOption.value || undefined)}
    />
  );
}

type PartitionFieldProps = {
  value: unknown;
  partitions: readonly Partition[];
  preset: string | undefined;
  onChange: (value: string | undefined) => void;
  errorText: string | undefined;
};

function PartitionField({ value, partitions, preset, onChange, errorText }: PartitionFieldProps) {
  if (partitions.length === 0)
    return (
      <FormField label="Partition" errorText={errorText} stretch>
        <Input
          value={shown(value)}
          placeholder={preset ?? "the cluster's default"}
          spellcheck={false}
          onChange={({ detail }) => onChange(detail.value === "" ? undefined : detail.value)}
        />
      </FormField>
    );
  const usual = partitionOf(preset === undefined ? {} : { partition: preset }, partitions);
  const blank = {
    value: "",
    label: usual === undefined ? "The cluster's default" : `${usual.name} (the default)`,
    ...(usual === undefined ? {} : { description: partitionWords(usual) }),
  };
  const options = partitions.map((one) => ({
    value: one.name,
    label: one.name,
    description: partitionWords(one),
    ...(one.up === false ? { labelTag: "down" } : {}),
  }));
  const selected =
    value === undefined
      ? blank
      : (options.find((option) => option.value === value) ?? { value: "?", label: shown(value) });
  return (
    <FormField label="Partition" errorText={errorText} stretch>
      <Select
        selectedOption={selected}
        options={[blank, ...options]}
        triggerVariant="option"
        onChange={({ detail }) => onChange(detail.selectedOption.value || undefined)}
      />
    </FormField>
  );
}

type NumberInputProps = {
  field: NumberField;
  value: unknown;
  preset: number | undefined;
  most: number | undefined;
  onChange: (value: unknown) => void;
  errorText: string | undefined;
};

function NumberInput({ field, value, preset, most, onChange, errorText }: NumberInputProps) {
  const meant = typeof value === "number" ? value : value === undefined ? preset : undefined;
  const words = meant === undefined ? undefined : field.words?.(meant);
  const limit = most === undefined ? undefined : `at most ${field.words?.(most) ?? most}`;
  return (
    <FormField
      label={field.title}
      constraintText={[words, limit].filter((part) => part !== undefined).join(", ")}
      errorText={errorText}
      stretch
    >
      <div className="with-unit">
        <Input
          value={shown(value)}
          inputMode="numeric"
          placeholder={preset === undefined ? "the cluster's default" : `${preset} (the default)`}
          onChange={({ detail }) => onChange(typedNumber(detail.value))}
        />
        {field.unit !== undefined && <span>{field.unit}</span>}
      </div>
    </FormField>
  );
}
