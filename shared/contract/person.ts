// People, their tokens, and what an administrator sets.
import * as z from "zod";
import { Handle, Id, Slug, UnixAccount } from "./id.ts";

export const Role = z.enum(["member", "admin"]);
export type Role = z.infer<typeof Role>;

export const PersonStatus = z.enum(["waiting", "active", "disabled"]);

export const Person = z.strictObject({
  id: Id,
  handle: Handle,
  email: z.string(),
  status: PersonStatus,
  roles: z.array(Role),
  /** Unix account by cluster id. */
  accounts: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime(),
});
export type Person = z.infer<typeof Person>;

/** The body of PATCH /v1/people/{id}: what an administrator sets. */
export const PersonChange = z.strictObject({
  status: PersonStatus.optional(),
  roles: z.array(Role).max(2).optional(),
  accounts: z.record(Slug, UnixAccount).optional(),
});
export type PersonChange = z.infer<typeof PersonChange>;

/** The body of POST /v1/tokens. */
export const TokenRequest = z.strictObject({
  name: z.string().min(1).max(100),
  /** Days until the token ends; 1 to 365. */
  days: z.int().min(1).max(365).default(90),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

export const Token = z.strictObject({
  id: Id,
  name: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type Token = z.infer<typeof Token>;

/** A new token: the only time that its secret is shown. */
export const NewToken = z.strictObject({ ...Token.shape, token: z.string() });
export type NewToken = z.infer<typeof NewToken>;
