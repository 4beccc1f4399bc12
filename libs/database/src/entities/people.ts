import type { TenantId } from '@tandem/contracts';
import type { ApiScope } from './api-scopes.ts';
import type { SignInMethod, UserRow, UserState } from './people.entities.ts';
import type { UserRole } from './roles.ts';

/** A user as others of the tenant see them. */
export interface User {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly state: UserState;
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  readonly createdAt: Date;
  /** Null for a user who has not signed in yet. */
  readonly lastSignInAt: Date | null;
}

/** A user with what they show to sign in. */
export interface Account extends User {
  readonly passwordHash: string | null;
  readonly totpSealed: string | null;
  readonly totpPending: string | null;
}

/** Name, address and role of a new user. */
export interface NewUser {
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
}

/** Absent fields stay as they are. */
export interface UserChange {
  readonly name?: string | undefined;
  readonly role?: UserRole | undefined;
  readonly state?: 'active' | 'disabled' | undefined;
}

/** The browser of a sign-in, for display only. */
export interface Browser {
  readonly address: string;
  readonly userAgent: string;
}

/** A session as its user sees it. */
export interface UserSession extends Browser {
  readonly id: string;
  readonly method: SignInMethod;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

/** An attempt to sign in that failed. */
export interface SignInFailure {
  readonly reason: 'password' | 'code' | 'disabled';
  readonly address: string;
  readonly at: Date;
}

/** How long sessions last. */
export interface SessionLimits {
  /** Without a request. */
  readonly idleMs: number;
  /** Since the sign-in. */
  readonly longestMs: number;
}

/** A session that may be used, with the rights of its user at this moment. */
export interface OpenSession {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly userId: string;
  readonly role: UserRole;
  readonly scopes: readonly ApiScope[];
  readonly reauthenticatedAt: Date;
  /** A new token for the cookie; null where the old one stays. */
  readonly newToken: string | null;
}

export function toUser(row: UserRow): User {
  const { id, tenantId, email, name, role, state, createdAt, lastSignInAt } = row;
  const hasPassword = row.passwordHash !== null;
  const hasTotp = row.totpSealed !== null;
  return { id, tenantId, email, name, role, state, hasPassword, hasTotp, createdAt, lastSignInAt };
}

export function toAccount(row: UserRow): Account {
  const { passwordHash, totpSealed, totpPending } = row;
  return { ...toUser(row), passwordHash, totpSealed, totpPending };
}
