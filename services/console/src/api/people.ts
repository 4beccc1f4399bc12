/*
 * Sign-in, people, keys' owners and the audit log. Their shapes are written by hand until the routes are part
 * of the document the client is generated from.
 */
import { client } from './generated/client.gen.ts';
import { ask, askOnce, idempotency } from './request.ts';

export const ROLES = ['viewer', 'operator', 'supervisor', 'admin', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface Me {
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  readonly tenant: {
    readonly id: string;
    readonly name: string;
    readonly zone: string;
    readonly locale: string | null;
  };
  readonly role: Role;
  readonly scopes: readonly string[];
  /** When the session ends whatever happens, if told. */
  readonly expiresAt?: string | null;
}

export interface Provider {
  readonly id: string;
  readonly name: string;
  /** Leads to the provider's own page. */
  readonly url: string;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly isDisabled: boolean;
  readonly lastSeenAt: string | null;
}

export interface OwnSession {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly isCurrent: boolean;
}

export interface AuditEntry {
  readonly sequence: number;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null };
  readonly act: string;
  readonly object: { readonly kind: string; readonly id: string | null };
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

export const people = {
  me: async () => (await askOnce(get<Me>('/v1/me'))).data,
  providers: async () =>
    (await askOnce(get<{ readonly items: readonly Provider[] }>('/v1/session/providers'))).data,
  signIn: (given: { readonly email: string; readonly password: string; readonly code?: string }) =>
    askOnce(send('post', '/v1/session', given)),
  signInByLink: (token: string) => askOnce(send('post', '/v1/session/link', { token })),
  signOut: () => askOnce(send('delete', '/v1/session')),
  confirm: (given: { readonly password: string; readonly code?: string }) =>
    askOnce(send('post', '/v1/session/reauthentication', given)),
  changePassword: (given: { readonly current: string; readonly password: string }) =>
    ask(send('put', '/v1/me/password', given)),
  users: () => ask(get<Page<User>>('/v1/users')),
  invite: (given: { readonly name: string; readonly email: string; readonly role: Role }, key: string) =>
    ask(send<{ readonly link?: string }>('post', '/v1/users', given, idempotency(key))),
  changeUser: (id: string, change: { readonly role?: Role; readonly isDisabled?: boolean }) =>
    ask(send('patch', `/v1/users/${encodeURIComponent(id)}`, change)),
  sessions: () => ask(get<Page<OwnSession>>('/v1/me/sessions')),
  endSession: (id: string) => ask(send('delete', `/v1/me/sessions/${encodeURIComponent(id)}`)),
  audit: (cursor: string | undefined) => ask(get<Page<AuditEntry>>('/v1/audit', { cursor })),
};
