// IAM's condition operators: what a Condition block says about the context of a call.
import { BlockList, isIP } from "node:net";
import { compile, fits, fitsArn, type Lookup } from "./wildcard.ts";

export type OneOrMore = string | string[];
export type ConditionBlock = Record<string, Record<string, OneOrMore | boolean | number>>;
export type Context = Record<string, string | string[]>;
type Test = (value: string, wanted: string, lookup: Lookup | undefined) => boolean;
type Operator = { test: Test | "null"; negated: boolean; ifExists: boolean; set: "all" | "any" | undefined };

const plain = (text: string, lookup: Lookup | undefined) =>
  compile(
    text.replace(/[*?]/g, (c) => (lookup ? `\${${c}}` : c)),
    lookup,
  )
    .map((piece) => (typeof piece === "symbol" ? piece.description : piece))
    .join("");
const likeArn: Test = (value, wanted, lookup) => value.startsWith("arn:") && fitsArn(compile(wanted, lookup), value);
const numbers = (holds: (a: number, b: number) => boolean): Test => {
  return (value, wanted) => value.trim() !== "" && wanted.trim() !== "" && holds(Number(value), Number(wanted));
};
const dates = (holds: (a: number, b: number) => boolean): Test => {
  const time = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  return (value, wanted) => holds(time(value), time(wanted));
};
const inRange: Test = (value, wanted) => {
  const [address = "", bits] = wanted.split("/");
  const kind = (text: string) => (isIP(text) === 6 ? "ipv6" : "ipv4");
  if (isIP(address) === 0 || isIP(value) === 0) return false;
  const list = new BlockList();
  list.addSubnet(address, bits === undefined ? (isIP(address) === 6 ? 128 : 32) : Number(bits), kind(address));
  return list.check(value, kind(value));
};

const tests: Record<string, Test | "null"> = {
  StringEquals: (value, wanted, lookup) => value === plain(wanted, lookup),
  StringEqualsIgnoreCase: (value, wanted, lookup) => value.toLowerCase() === plain(wanted, lookup).toLowerCase(),
  StringLike: (value, wanted, lookup) => fits(compile(wanted, lookup), value),
  ArnLike: likeArn,
  ArnEquals: likeArn,
  Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  BinaryEquals: (value, wanted) => value === wanted,
  NumericEquals: numbers((a, b) => a === b),
  NumericLessThan: numbers((a, b) => a < b),
  NumericLessThanEquals: numbers((a, b) => a <= b),
  NumericGreaterThan: numbers((a, b) => a > b),
  NumericGreaterThanEquals: numbers((a, b) => a >= b),
  DateEquals: dates((a, b) => a === b),
  DateLessThan: dates((a, b) => a < b),
  DateLessThanEquals: dates((a, b) => a <= b),
  DateGreaterThan: dates((a, b) => a > b),
  DateGreaterThanEquals: dates((a, b) => a >= b),
  IpAddress: inRange,
  Null: "null",
};
const negations: Record<string, string> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotLike: "ArnLike",
  ArnNotEquals: "ArnEquals",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
};

/** What an operator's name means, or undefined where IAM has no such operator. */
export function operatorOf(name: string): Operator | undefined {
  const [, set, bare = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name) ?? [];
  const negated = Object.hasOwn(negations, bare);
  const key = negated ? (negations[bare] ?? "") : bare;
  const test = Object.hasOwn(tests, key) ? tests[key] : undefined;
  if (test === undefined || (test === "null" && (set !== undefined || ifExists !== undefined))) return undefined;
  const quantifier = set === undefined ? undefined : set === "ForAllValues" ? "all" : "any";
  return { test, negated, ifExists: ifExists !== undefined, set: quantifier };
}

function valuesOf(context: Context, key: string): string[] | undefined {
  const name = Object.keys(context).find((known) => known.toLowerCase() === key.toLowerCase());
  const value = name === undefined ? undefined : context[name];
  return value === undefined ? undefined : Array.isArray(value) ? value : [value];
}

/** Reads a key of the context by its name in any case; keys of several values have no text. */
export function lookupIn(context: Context): Lookup {
  return (key) => {
    const values = valuesOf(context, key);
    return values?.length === 1 ? values[0] : undefined;
  };
}

function holds(operator: Operator, given: string[] | undefined, wanted: string[], lookup: Lookup | undefined): boolean {
  const { test, negated, ifExists, set } = operator;
  const absent = given === undefined || given.length === 0;
  if (test === "null") return wanted.some((value) => (value.toLowerCase() === "true") === absent);
  if (absent) return set === "all" || ifExists || (negated && set === undefined);
  const matches = (value: string) => wanted.some((one) => test(value, one, lookup)) !== negated;
  if (set === "any") return given.some(matches);
  // Without a set operator, several values count as one each: any may match, none may match a negated one.
  return set === "all" || negated ? given.every(matches) : given.some(matches);
}

/** Whether every operator and every key of a Condition block holds. Throws UnresolvedVariable. */
export function conditionHolds(
  block: ConditionBlock | undefined,
  context: Context,
  lookup: Lookup | undefined,
): boolean {
  return Object.entries(block ?? {}).every(([name, keys]) => {
    const operator = operatorOf(name);
    if (!operator) throw new Error(`unknown condition operator "${name}"; see IAM's list of condition operators`);
    return Object.entries(keys).every(([key, wanted]) => {
      const list = Array.isArray(wanted) ? wanted : [String(wanted)];
      return holds(operator, valuesOf(context, key), list, lookup);
    });
  });
}
