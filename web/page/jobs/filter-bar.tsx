// The filter of the jobs' list: by state, application, cluster, tag, day, and words.
import DateInput from "@cloudscape-design/components/date-input";
import FormField from "@cloudscape-design/components/form-field";
import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useMemo } from "react";
import type { JobState } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { states, stateWords } from "../words.ts";
import { filterOf, tokensOf } from "./filter-tokens.ts";
import type { JobFilter } from "./job-filter.ts";

type FilterBarProps = {
  filter: JobFilter;
  onChange: (filter: JobFilter) => void;
  /** What there is to choose from, as far as it is known. */
  applications: readonly { id: string; title: string }[];
  tags: readonly string[];
  /** How many were found, in words. */
  countText: string;
};

export function FilterBar({ filter, onChange, applications, tags, countText }: FilterBarProps) {
  const { clusters } = useGateway();
  const query = useMemo(() => tokensOf(filter), [filter]);
  const options: PropertyFilterProps.FilteringOption[] = [
    ...states.map((value) => ({ propertyKey: "state", value, label: stateWords[value] })),
    ...applications.map(({ id, title }) => ({ propertyKey: "application", value: id, label: title })),
    ...clusters.map(({ id, name }) => ({ propertyKey: "cluster", value: id, label: name })),
    ...tags.map((value) => ({ propertyKey: "tag", value })),
  ];
  const properties: PropertyFilterProps.FilteringProperty[] = [
    property("state", "State", "States", (value) => stateWords[value as JobState] ?? value),
    property("application", "Application", "Applications", (value) => titleOf(applications, value)),
    property("cluster", "Cluster", "Clusters", (value) => clusters.find(({ id }) => id === value)?.name ?? value),
    property("tag", "Tag", "Tags", (value) => value),
    {
      key: "created",
      propertyLabel: "Created",
      groupValuesLabel: "Days",
      defaultOperator: ">=",
      operators: [
        { operator: ">=", form: DayForm, format: dayWords, description: "On that day or later" },
        { operator: "<", form: DayForm, format: dayWords, description: "Before that day" },
      ],
    },
  ];
  return (
    <PropertyFilter
      query={query}
      onChange={({ detail }) => onChange(filterOf(detail))}
      filteringProperties={properties}
      filteringOptions={options}
      freeTextFiltering={{ operators: [":"], defaultOperator: ":" }}
      readOnlyOperations
      expandToViewport
      countText={countText}
      filteringAriaLabel="Filter the jobs"
      filteringPlaceholder="Filter by state, application, tag, day, or words of the name"
      filteringEmpty="Type a word, and press Enter"
    />
  );
}

function property(
  key: string,
  propertyLabel: string,
  groupValuesLabel: string,
  words: (value: string) => string,
): PropertyFilterProps.FilteringProperty {
  const format = (value: unknown) => [value].flat().map(String).map(words).join(", ");
  return { key, propertyLabel, groupValuesLabel, operators: [{ operator: "=", tokenType: "enum", format }] };
}

function titleOf(applications: FilterBarProps["applications"], value: string): string {
  return applications.find(({ id }) => id === value)?.title ?? value;
}

/** "7d" is "7 days ago", a day is itself. */
function dayWords(value: unknown): string {
  const ago = /^(\d+)d$/.exec(String(value));
  return ago ? `${ago[1]} days ago` : String(value ?? "");
}

function DayForm({ value, onChange }: PropertyFilterProps.ExtendedOperatorFormProps<string>) {
  return (
    <FormField label="Day" constraintText="Year-month-day, in your local time">
      <DateInput
        format="iso"
        value={value && !value.endsWith("d") ? value : ""}
        onChange={({ detail }) => onChange(detail.value)}
        placeholder="YYYY-MM-DD"
      />
    </FormField>
  );
}
