// A filter of jobs as the tokens of the filter bar, and back.
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { states } from "../words.ts";
import { everything, type JobFilter } from "./job-filter.ts";

type Token = PropertyFilterProps.Token;

const lists = ["state", "application", "cluster", "tag"] as const;

/** The tokens that stand for a filter. */
export function tokensOf(filter: JobFilter): PropertyFilterProps.Query {
  const tokens: Token[] = lists.flatMap((propertyKey) =>
    filter[propertyKey].length > 0 ? [{ propertyKey, operator: "=", value: [...filter[propertyKey]] }] : [],
  );
  if (filter.since) tokens.push({ propertyKey: "created", operator: ">=", value: filter.since });
  if (filter.until) tokens.push({ propertyKey: "created", operator: "<", value: filter.until });
  if (filter.text) tokens.push({ operator: ":", value: filter.text });
  return { tokens, operation: "and" };
}

/** The filter that tokens stand for. Two tokens of one property mean either; texts must all be found. */
export function filterOf({ tokens }: Pick<PropertyFilterProps.Query, "tokens">): JobFilter {
  const valuesOf = (key: string): string[] => {
    const values = tokens.filter(({ propertyKey }) => propertyKey === key).flatMap(({ value }) => [value].flat());
    return [...new Set(values.flatMap((value) => String(value ?? "").split(",")))]
      .map((value) => value.trim())
      .filter(Boolean)
      .slice(0, 32);
  };
  const created = (operator: string) => {
    const token = tokens.findLast((one) => one.propertyKey === "created" && one.operator === operator);
    return String(token?.value ?? "");
  };
  const texts = tokens.filter(({ propertyKey }) => propertyKey === undefined).map(({ value }) => String(value).trim());
  const wanted = valuesOf("state");
  return {
    ...everything,
    state: states.filter((state) => wanted.includes(state)),
    application: valuesOf("application"),
    cluster: valuesOf("cluster"),
    tag: valuesOf("tag"),
    text: texts.join(" ").slice(0, 200),
    since: created(">="),
    until: created("<"),
  };
}
