import type { SessionCookies } from '@tandem/platform';
import type { Request } from 'express';
import type { Visitor } from './sign-in.service.ts';

/** Longest name of a browser that is kept. */
const MAX_USER_AGENT = 300;

/** Returns the browser of a request. */
export function visitorOf(request: Request, cookies: SessionCookies): Visitor {
  return {
    address: request.ip ?? 'unknown',
    userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT),
    token: cookies.token(request),
  };
}
