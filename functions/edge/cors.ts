// CORS: the page's origin and no other.

/** Headers for an answer to a request from `origin`. */
export function corsHeaders(pageOrigin: string, origin: string | undefined): Record<string, string> {
  if (origin !== pageOrigin) return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": pageOrigin,
    "access-control-expose-headers": "etag, location, content-disposition, content-range, retry-after",
  };
}

/** Headers for the answer to a preflight. */
export function preflightHeaders(pageOrigin: string, origin: string | undefined): Record<string, string> {
  if (origin !== pageOrigin) return { vary: "Origin" };
  return {
    ...corsHeaders(pageOrigin, origin),
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "authorization, content-type, idempotency-key, if-none-match, range",
    "access-control-max-age": "3600",
  };
}
