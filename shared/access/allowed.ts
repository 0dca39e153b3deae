// Who may do what: a pure function of person, action and thing.
import type { Person, Role } from "../contract/person.ts";

/** What a person wants to do. */
export type Action =
  | "see-own-account"
  | "use"
  | "administer"
  | "read-job"
  | "change-job"
  | "read-token"
  | "delete-token";

/** Whose thing it is; absent for what belongs to nobody. */
export type Thing = { person: string };

type Actor = Pick<Person, "id" | "status"> & { roles: readonly Role[] };

export type Refusal = "account-waiting" | "account-disabled" | "forbidden" | "not-found";

/**
 * Why a person may not, or undefined where they may. What is another's answers as if it were not there; an
 * administrator sees accounts, not other people's jobs.
 */
export function refusal(person: Actor, action: Action, thing?: Thing): Refusal | undefined {
  if (person.status === "disabled") return "account-disabled";
  if (person.status === "waiting" && action !== "see-own-account") return "account-waiting";
  switch (action) {
    case "see-own-account":
    case "use":
      return undefined;
    case "administer":
      return person.roles.includes("admin") ? undefined : "forbidden";
    case "read-job":
    case "change-job":
    case "read-token":
    case "delete-token":
      return thing?.person === person.id ? undefined : "not-found";
  }
}
