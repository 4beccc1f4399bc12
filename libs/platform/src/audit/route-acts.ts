import type { Request } from 'express';

/** The act that requests to a route are. */
export interface RouteAct {
  /** The object's kind and a past-tense verb, such as `number.changed`. */
  readonly act: string;
  /** The parameter of the path that names the object; the first unless given. */
  readonly object?: string;
  /** The request holds a secret, so the log has no digest of it: a weak one could be guessed from it. */
  readonly isSecret?: boolean;
  /** Recorded when the handler says so by `recordAct`, not whenever the route answers. */
  readonly isOnDemand?: boolean;
  /** The act of a request for the whole, where `act` is that of one for a range. */
  readonly whole?: string;
}

/**
 * The acts of a service by route, such as `PUT /v1/numbers/:id`: every unsafe one, and the reads that are
 * recorded.
 */
export type RouteActs = Readonly<Record<string, string | RouteAct>>;

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export const isUnsafe = ({ method }: Pick<Request, 'method'>): boolean => !SAFE_METHODS.has(method);

/** Returns the act of a request; undefined for a read that is not recorded. */
export function actOf(acts: RouteActs, request: Request): RouteAct | undefined {
  const { path } = (request.route ?? {}) as { readonly path?: unknown };
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const named = typeof path === 'string' ? acts[`${method} ${path}`] : undefined;
  if (typeof named === 'string') return { act: named };
  if (named?.whole !== undefined && request.headers.range === undefined)
    return { ...named, act: named.whole };
  if (named !== undefined) return named;
  // A spec of each service finds routes without a name; none goes unrecorded until then.
  return isUnsafe(request) ? { act: `unnamed.${method.toLowerCase()}` } : undefined;
}
