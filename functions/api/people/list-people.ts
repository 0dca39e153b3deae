// GET /v1/people: everybody, by handle.
import { cursorOf, placeOf } from "../cursor.ts";
import type { ApiOperation } from "../parts.ts";
import { personView } from "./person-view.ts";

const place = /^PERSON#[a-z0-9-]{1,40}$/;

export const listPeople: ApiOperation<"listPeople"> = async ({ query, parts }) => {
  const page = await parts.people.list(query.limit, placeOf(query.cursor, place));
  return { body: { people: page.people.map(personView), ...cursorOf(page.cursor) } };
};
