// Where a person is sent back to after submitting: only to a page of an origin that the operator lists. Pure.

export type ReturnAddress =
  | { allowed: true; url: string; origin: string }
  /** Why nobody is sent there, in words. */
  | { allowed: false; why: string };

const longest = 4_000;
/** What browsers repair or drop without a word: an address that needs it is not what it seems. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const odd = /[\x00-\x20\x7f-\x9f\\\u2028\u2029\ufeff]/;

/**
 * Reads `?return=` as it came, decoded once. Allowed is a whole address that begins, letter by letter, with one of
 * `origins` and goes on with a path, a query or nothing; everything else is refused.
 */
export function returnAddress(text: string, origins: readonly string[]): ReturnAddress {
  const refused = (why: string): ReturnAddress => ({ allowed: false, why });
  if (text.length > longest) return refused(`it is longer than ${longest.toLocaleString("en")} characters`);
  if (odd.test(text)) return refused("it holds spaces, backslashes or control characters");
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refused("it is no whole address: accepted is one such as https://example.org/page");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return refused(`it begins with ${url.protocol}`);
  if (url.username !== "" || url.password !== "") return refused("it holds a name or a password");
  if (!origins.includes(url.origin))
    return refused(`${url.origin} is not among the origins that this site sends people back to`);
  const rest = text.slice(url.origin.length);
  if (!text.startsWith(url.origin) || !/^([/?#]|$)/.test(rest))
    return refused("it is not written as its own origin is");
  return { allowed: true, url: url.href, origin: url.origin };
}

/** The address with the job that was submitted: `job` and `state` in its query, in place of any that it had. */
export function withJob(url: string, job: string): string {
  const next = new URL(url);
  const { searchParams } = next;
  if (searchParams.has("job")) searchParams.delete("job");
  if (searchParams.has("state")) searchParams.delete("state");
  const words = `job=${encodeURIComponent(job)}&state=submitted`;
  // added as text: a query that the caller wrote in its own way stays as it is
  next.search = next.search.length > 1 ? `${next.search}&${words}` : words;
  return next.href;
}
