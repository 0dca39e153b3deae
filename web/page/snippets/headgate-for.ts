// A request as a command of the command line, for whoever has signed in with it.
import { quote, quoteWords } from "../../../shared/shell/quote.ts";
import { addressOf, bodyText, type SnippetRequest } from "./request.ts";

/** The first command, once for each site: what the others presuppose. */
export const loginFor = (origin: string): string => `headgate login --api ${quote(origin)}`;

/**
 * The command that does what the request does, to be pasted into a shell. Where no command says the same, it is the request
 * itself by `headgate api`. Throws for what no Unix argument can hold (NUL).
 */
export function headgateFor(request: SnippetRequest): string {
  const [first = [], ...more] = commandOf(request) ?? apiOf(request);
  return [`headgate ${quoteWords(first)}`, ...more.map((words) => quoteWords(words))].join(" \\\n  ");
}

/** A command's words, line by line. */
type Lines = string[][];

function commandOf(request: SnippetRequest): Lines | undefined {
  const { method, path, query, body } = request;
  const asked = Object.values(query ?? {}).some((value) => value !== undefined);
  const [, id, rest] = /^\/v1\/jobs\/([0-9A-HJKMNP-TV-Z]{26})(?:\/(.*))?$/.exec(path) ?? [];
  if (`${method} ${path}` === "GET /v1/jobs") return listOf(query ?? {});
  if (asked) return undefined;
  if (id !== undefined && rest?.startsWith("files/") && request.saveAs !== undefined) return fileOf(id, rest.slice(6));
  switch (id === undefined ? `${method} ${path}` : `${method} job${rest === undefined ? "" : `/${rest}`}`) {
    case "GET /v1/me":
      return [["whoami", "--json"]];
    case "GET /v1/applications":
      return [["apps", "--json"]];
    case "GET /v1/clusters":
      return [["clusters", "--json"]];
    case "GET /v1/tokens":
      return [["token", "list", "--json"]];
    case "POST /v1/jobs":
      return submissionOf(body);
    case "GET job":
      return [["show", id ?? "", "--json"]];
    case "DELETE job":
      return [["delete", id ?? ""]];
    case "POST job/cancel":
      return [["cancel", id ?? "", "--json"]];
    case "GET job/files":
      return [["files", id ?? "", "--json"]];
    case "POST job/rerun":
      return Object.keys(body ?? {}).length === 0 ? [["rerun", id ?? "", "--json"]] : undefined;
    default:
      return undefined;
  }
}

function apiOf(request: SnippetRequest): Lines {
  const { method, body, saveAs } = request;
  return [
    ["api", method, addressOf("", request)],
    ...(body === undefined ? [] : [["--body", bodyText(body)]]),
    ...(saveAs === undefined ? [] : [[`--to=${saveAs}`]]),
  ];
}

const listOptions = new Set(["state", "application", "cluster", "tag", "text", "since", "until", "limit", "cursor"]);

function listOf(query: NonNullable<SnippetRequest["query"]>): Lines | undefined {
  const given = Object.entries(query).flatMap(([name, value]) => {
    const text = [value ?? ""].flat().join(",");
    return value === undefined || text === "" ? [] : [[name, text] as const];
  });
  if (given.some(([name]) => !listOptions.has(name))) return undefined;
  return [["jobs", ...given.map(([name, text]) => `--${name}=${text}`), "--json"]];
}

function fileOf(id: string, encoded: string): Lines | undefined {
  try {
    return [["get", id, "--to=.", "--", encoded.split("/").map(decodeURIComponent).join("/")]];
  } catch {
    return undefined;
  }
}

const resourceOptions: Readonly<Record<string, string>> = {
  partition: "partition",
  account: "account",
  qos: "qos",
  nodes: "nodes",
  tasks: "ntasks",
  cpusPerTask: "cpus-per-task",
  wallMinutes: "time",
  memoryMb: "mem",
  memoryPerCpuMb: "mem-per-cpu",
  gpus: "gpus",
  gres: "gres",
  constraint: "constraint",
};

/** undefined where the submission says something that the command has no option for, or is none. */
function submissionOf(body: unknown): Lines | undefined {
  if (!isObject(body)) return undefined;
  const {
    application,
    version,
    cluster,
    name,
    description,
    tags,
    parameters = {},
    resources = {},
    inputs = [],
    mail,
    retry,
    ...rest
  } = body;
  if (Object.values(rest).some((value) => value !== undefined) || typeof application !== "string") return undefined;
  if (!isObject(parameters) || !isObject(resources) || !Array.isArray(inputs)) return undefined;
  const texts = Object.entries({ "app-version": version, cluster, name, description }).flatMap(([option, value]) =>
    value === undefined ? [] : [[option, value] as const],
  );
  const asked = Object.entries(resources).map(([field, value]) => [resourceOptions[field], value] as const);
  const lists = [...list(tags).map((tag) => ["tag", tag] as const), ...mailOf(mail), ...retryOf(retry)];
  const options = [...texts, ...asked, ...lists];
  const plain = options.every(
    ([option, value]) => option !== undefined && (typeof value === "string" || typeof value === "number"),
  );
  const named = inputs.every((one) => isObject(one) && typeof one.upload === "string" && typeof one.name === "string");
  if (!plain || !named) return undefined;
  return [
    ["submit", application],
    ...parameterLines(parameters),
    ...options.map(([option, value]) => [`--${option}=${value}`]),
    ...inputs.map(({ upload, name: file }: { upload: string; name: string }) => [`--input=${upload}=${file}`]),
    ["--json"],
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [{}]);

function mailOf(mail: unknown): (readonly [string, unknown])[] {
  if (mail === undefined) return [];
  const { to, on } = isObject(mail) ? mail : {};
  return [
    ["mail", Array.isArray(to) ? to.join(",") : {}],
    ["mail-on", Array.isArray(on) ? on.join(",") : {}],
  ];
}

function retryOf(retry: unknown): (readonly [string, unknown])[] {
  if (retry === undefined) return [];
  const { limit, on } = isObject(retry) ? retry : {};
  return [
    ["retry", limit ?? {}],
    ["retry-on", Array.isArray(on) ? on.join(",") : {}],
  ];
}

/** Each by --set, or all as JSON where a name could not be told from its value or from a nested one. */
function parameterLines(parameters: Record<string, unknown>): Lines {
  const entries = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const plain = entries.every(
    ([name, value]) => /^[^=.]+$/.test(name) && value !== null && (typeof value !== "string" || value.isWellFormed()),
  );
  if (!plain) return [[`--parameters=${bodyText(parameters)}`]];
  return entries.map(([name, value]) => {
    const text = typeof value === "string" ? value.replace(/^@/, "@@") : JSON.stringify(value);
    return [`--set=${name}=${text}`];
  });
}
