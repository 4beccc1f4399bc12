import { createContext, useContext } from 'react';
import type { Me } from '../api/people.ts';
import { Clock } from '../format/format.ts';

/** The person who is signed in, and what follows from it. */
export interface Session extends Me {
  readonly clock: Clock;
  /** For numbers and money: the tenant's where it is of the chosen language, else the language's own. */
  readonly locale: string;
  /** Returns whether the role includes a scope. */
  readonly may: (scope: string) => boolean;
}

/** @param language the locale of the words that are shown */
export function toSession(me: Me, language: string): Session {
  const scopes = new Set<string>(me.scopes);
  const own = me.tenant.locale;
  const locale = own !== null && own.slice(0, 2) === language.slice(0, 2) ? own : language;
  return { ...me, locale, clock: new Clock(locale, me.tenant.zone), may: (scope) => scopes.has(scope) };
}

export const SessionContext = createContext<Session | null>(null);

/** Returns the session; below the shell there always is one. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new TypeError('The session is used outside of the shell, which provides it.');
  return session;
}
