// A person as the API shows them.
import type { PersonRecord } from "../../../shared/aws/person-table.ts";
import type { Person } from "../../../shared/contract/person.ts";

export const personView = (person: PersonRecord): Person => ({
  id: person.id,
  handle: person.handle,
  email: person.email,
  status: person.status,
  roles: person.roles,
  accounts: person.accounts,
  createdAt: person.createdAt,
});
