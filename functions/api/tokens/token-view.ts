// An API token as the API shows it: never its secret.
import type { TokenRecord } from "../../../shared/aws/token-table.ts";
import type { Token } from "../../../shared/contract/person.ts";

export const tokenView = ({ id, name, createdAt, expiresAt }: TokenRecord): Token => ({
  id,
  name,
  createdAt,
  expiresAt,
});
