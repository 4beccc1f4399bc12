import { createContext, useContext } from 'react';
import type { Me } from '../api/people.ts';
import { Clock } from '../format/format.ts';

/** The person who is signed in, and what follows from it. */
export interface Session extends Me {
  readonly clock: Clock;
  /** Returns whether the role includes a scope. */
  may(scope: string): boolean;
}

export function toSession(me: Me, locale: string): Session {
  const scopes = new Set(me.scopes);
  return { ...me, clock: new Clock(locale, me.tenant.zone), may: (scope) => scopes.has(scope) };
}

export const SessionContext = createContext<Session | null>(null);

/** Returns the session; below the shell there always is one. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new TypeError('The session is used outside of the shell, which provides it.');
  return session;
}
