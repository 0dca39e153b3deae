// Cursors: opaque text that says where a list goes on, bound to one kind of list.
import { GatewayError, shortened } from "../../shared/contract/problem.ts";

/** The cursor of a place, a sort key of the list. The list's partition is never in it: nobody reads another's by one. */
export const cursorOf = (place: string | undefined): { cursor?: string } =>
  place === undefined ? {} : { cursor: Buffer.from(place).toString("base64url") };

/** The place that a cursor names. Throws `invalid-request` where it is not one that this list has given. */
export function placeOf(cursor: string | undefined, pattern: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, "base64url").toString();
  if (pattern.test(place)) return place;
  throw foreignCursor(cursor);
}

/** What a cursor of somebody's own making gets. */
export function foreignCursor(
  cursor?: string,
  field = "cursor",
  accepted = "a cursor as an earlier page gave it",
): GatewayError {
  const value = shortened(cursor);
  return new GatewayError("invalid-request", `${field} is not a cursor of this list; accepted is ${accepted}`, {
    issues: [{ field, ...(value === undefined ? {} : { value }), accepted }],
  });
}
