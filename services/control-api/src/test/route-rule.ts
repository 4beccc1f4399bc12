import type { Operator } from './running-control.ts';

/** Groups of scopes that routes need. */
export type Scopes =
  'admin' | 'annotations' | 'calls' | 'keys' | 'place' | 'platform' | 'recordings' | 'secrets';

/** A request of its owner to a route, and the statuses another tenant may get. */
export interface RouteRule {
  readonly path: (own: Operator) => string;
  readonly body?: unknown;
  readonly scope: Scopes;
  readonly stranger: readonly number[];
}
