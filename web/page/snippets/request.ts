// A request of the API as a view describes it, for the snippets that show it as code.
import type { Method } from "../../../shared/contract/routes.ts";

export type SnippetRequest = {
  method: Method;
  /** As it is sent, segments already encoded: "/v1/jobs/01J…". */
  path: string;
  /** Left out where undefined; a list is sent with commas. */
  query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** A JSON body. */
  body?: unknown;
  /** Needs an Idempotency-Key: a fresh one is made by the code at each run. */
  idempotent?: boolean;
  /** The answer is a file's bytes, saved under that name; redirects are followed. */
  saveAs?: string;
};

/** The address of a request at that origin, its query encoded. */
export function addressOf(origin: string, { path, query }: Pick<SnippetRequest, "path" | "query">): string {
  const words = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent([value].flat().join(","))}`],
  );
  return `${origin}${path}${words.length > 0 ? `?${words.join("&")}` : ""}`;
}

/** The body as JSON that any parser reads back: half surrogate pairs stay escaped. */
export function bodyText(body: unknown): string {
  return JSON.stringify(body, undefined, 2);
}
