import type { Operator } from './running-control.ts';

/** The subject of a route, which decides the scopes it needs. */
export type Scopes =
  | 'admin'
  | 'annotations'
  | 'audit'
  | 'calls'
  | 'keys'
  | 'own'
  | 'place'
  | 'platform'
  | 'recordings'
  | 'secrets'
  | 'transcripts'
  | 'users';

/** A request to a route, and what another tenant may be answered. */
export interface RouteRule {
  readonly path: (own: Operator) => string;
  readonly body?: unknown;
  readonly scope: Scopes;
  readonly stranger: readonly number[];
}
