// Who may do what: every person, action and thing.
import { expect, test } from "vitest";
import { type Action, refusal } from "../../../shared/access/allowed.ts";

const actions: Action[] = [
  "see-own-account",
  "use",
  "administer",
  "read-job",
  "change-job",
  "read-token",
  "delete-token",
];
const own = { person: "me" };
const others = { person: "you" };
const answers = (status: "waiting" | "active" | "disabled", roles: ("member" | "admin")[], thing: { person: string }) =>
  actions.map((action) => refusal({ id: "me", status, roles }, action, thing));

test("a member uses their own things and sees nobody else's", () => {
  expect(answers("active", ["member"], own)).toEqual([
    undefined,
    undefined,
    "forbidden",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(answers("active", ["member"], others)).toEqual([
    undefined,
    undefined,
    "forbidden",
    "not-found",
    "not-found",
    "not-found",
    "not-found",
  ]);
});

test("an administrator administers, and does not see other people's jobs", () => {
  expect(answers("active", ["admin"], others)).toEqual([
    undefined,
    undefined,
    undefined,
    "not-found",
    "not-found",
    "not-found",
    "not-found",
  ]);
});

test("who waits sees their own account only; who is disabled nothing", () => {
  expect(answers("waiting", ["admin"], own)).toEqual([undefined, ...Array(6).fill("account-waiting")]);
  expect(answers("disabled", ["admin"], own)).toEqual(Array(7).fill("account-disabled"));
});
