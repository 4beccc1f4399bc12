/*
 * Sign-in, people, keys' owners and the audit log. Their shapes are written by hand until the routes are part
 * of the document the client is generated from.
 */
import { client } from './generated/client.gen.ts';
import { ask, askOnce, idempotency, newKey } from './request.ts';

export const ROLES = ['viewer', 'operator', 'supervisor', 'admin', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface Me {
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly hasPassword: boolean;
    /** Whether a second factor is on. */
    readonly hasTotp: boolean;
  };
  readonly tenant: {
    readonly id: string;
    readonly name: string;
    readonly zone: string;
    readonly locale: string | null;
  };
  readonly role: Role;
  readonly scopes: readonly string[];
  /** When the session ends whatever is done, where the server tells. */
  readonly expiresAt?: string | null;
}

/** The ways to sign in. */
export interface Providers {
  readonly password: boolean;
  /** `start` leads to the provider's own page. */
  readonly oidc: { readonly name: string; readonly start: string } | null;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly state: 'invited' | 'active' | 'disabled';
  readonly hasTotp: boolean;
  readonly lastSignInAt: string | null;
}

export interface OneTimeLink {
  readonly url: string;
  readonly expiresAt: string;
}

export interface OwnSessions {
  readonly items: readonly {
    readonly id: string;
    readonly isCurrent: boolean;
    readonly address: string;
    readonly userAgent: string;
    readonly lastSeenAt: string;
  }[];
  readonly failures: readonly { readonly reason: string; readonly address: string; readonly at: string }[];
}

export interface TotpState {
  readonly state: 'pending' | 'on';
  readonly secret: string | null;
  readonly uri: string | null;
}

export interface AuditEntry {
  readonly seq: number;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null };
  readonly act: string;
  readonly object: { readonly kind: string; readonly id: string | null };
  readonly refusal: string | null;
  readonly address: string | null;
  readonly reason: string | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

type Answered<Data> = Promise<{ data?: Data; error?: unknown; response?: Response }>;

const get =
  <Data>(url: string, query?: Record<string, unknown>) =>
  () =>
    client.get({ url, ...(query ? { query } : {}) }) as Answered<Data>;
/** Each unsafe request is JSON, also without a body: part of the defence against foreign pages. */
const send =
  <Data>(
    method: 'post' | 'put' | 'patch' | 'delete',
    url: string,
    body: object = {},
    headers: Record<string, string> = {},
  ) =>
  () =>
    client[method]({
      url,
      body,
      headers: { 'content-type': 'application/json', ...headers },
    }) as Answered<Data>;

interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}
interface UserChange {
  readonly role?: Role;
  readonly state?: 'active' | 'disabled';
}

export const people = {
  me: async () => (await askOnce(get<Me>('/v1/me'))).data,
  providers: async () => (await askOnce(get<Providers>('/v1/session/providers'))).data,
  signIn: (given: { readonly email: string; readonly password: string; readonly code?: string }) =>
    askOnce(send('post', '/v1/session', given)),
  signInByLink: (token: string) => askOnce(send('post', '/v1/session/link', { token })),
  signOut: () => askOnce(send('delete', '/v1/session')),
  confirm: (given: { readonly password: string; readonly code?: string }) =>
    askOnce(send('post', '/v1/session/reauthentication', given)),
  changePassword: (password: string) => ask(send('put', '/v1/me/password', { password })),
  /** Begins a second factor without a code; with one that fits, it is on. */
  setTotp: (code: string | null) =>
    ask(send<TotpState>('post', '/v1/me/totp', code === null ? {} : { code })),
  removeTotp: () => ask(send('delete', '/v1/me/totp')),
  sessions: () => ask(get<OwnSessions>('/v1/me/sessions')),
  endSession: (id: string) => ask(send('delete', `/v1/me/sessions/${encodeURIComponent(id)}`)),
  users: (cursor: string | null) => ask(get<Page<User>>('/v1/users', cursor === null ? {} : { cursor })),
  invite: (given: NewUser, key: string) =>
    ask(
      send<{ readonly user: User; readonly link: OneTimeLink }>('post', '/v1/users', given, idempotency(key)),
    ),
  newLink: (id: string) =>
    ask(send<OneTimeLink>('post', `/v1/users/${encodeURIComponent(id)}/link`, {}, idempotency(newKey()))),
  changeUser: (id: string, change: UserChange) =>
    ask(send('patch', `/v1/users/${encodeURIComponent(id)}`, change)),
  audit: (cursor: string | null) =>
    ask(get<Page<AuditEntry>>('/v1/audit', cursor === null ? {} : { cursor })),
};
