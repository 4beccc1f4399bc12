/* Sign-in, people and the audit log. */
import {
  auditLogControllerList,
  meControllerEndSession,
  meControllerGet,
  meControllerRemoveTotp,
  meControllerSessions,
  meControllerSetPassword,
  meControllerTotp,
  sessionControllerEnd,
  sessionControllerReauthenticate,
  signInControllerByLink,
  signInControllerByPassword,
  signInControllerProviders,
  usersControllerChange,
  usersControllerInvite,
  usersControllerLink,
  usersControllerList,
} from './generated/sdk.gen.ts';
import type {
  MeControllerGetResponses,
  SessionControllerReauthenticateData,
  SignInControllerByPasswordData,
  UsersControllerChangeData,
  UsersControllerInviteData,
  UsersControllerLinkResponses,
  UsersControllerListResponses,
} from './generated/types.gen.ts';
import { ask, askOnce, idempotency, newKey } from './request.ts';

export const ROLES = ['viewer', 'operator', 'supervisor', 'admin', 'auditor'] as const satisfies Role[];

export type Me = MeControllerGetResponses[200];
export type Role = Me['role'];
export type User = UsersControllerListResponses[200]['items'][number];
export type OneTimeLink = UsersControllerLinkResponses[201];

const pageAt = (cursor: string | null) => (cursor === null ? {} : { query: { cursor } });

export const people = {
  me: async () => (await askOnce(meControllerGet)).data,
  providers: async () => (await askOnce(signInControllerProviders)).data,
  signIn: (body: SignInControllerByPasswordData['body']) =>
    askOnce(() => signInControllerByPassword({ body })),
  signInByLink: (token: string) => askOnce(() => signInControllerByLink({ body: { token } })),
  signOut: () => askOnce(sessionControllerEnd),
  confirm: (body: SessionControllerReauthenticateData['body']) =>
    askOnce(() => sessionControllerReauthenticate({ body })),
  changePassword: (password: string) => ask(() => meControllerSetPassword({ body: { password } })),
  /** Begins a second factor without a code; with one that fits, it is on. */
  setTotp: (code: string | null) => ask(() => meControllerTotp({ body: code === null ? {} : { code } })),
  removeTotp: () => ask(meControllerRemoveTotp),
  sessions: () => ask(meControllerSessions),
  endSession: (id: string) => ask(() => meControllerEndSession({ path: { id } })),
  users: (cursor: string | null) => ask(() => usersControllerList(pageAt(cursor))),
  invite: (body: UsersControllerInviteData['body'], key: string) =>
    ask(() => usersControllerInvite({ body, headers: idempotency(key) })),
  newLink: (id: string) => ask(() => usersControllerLink({ path: { id }, headers: idempotency(newKey()) })),
  changeUser: (id: string, body: UsersControllerChangeData['body']) =>
    ask(() => usersControllerChange({ path: { id }, body })),
  audit: (cursor: string | null) => ask(() => auditLogControllerList(pageAt(cursor))),
};
