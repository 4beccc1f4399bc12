import type { Request } from 'express';
import { isLoopbackHost } from '../http/loopback.ts';
import { Problem } from '../http/problem.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The origin of the console's page. Without a public address it is this machine: the host that the browser
 * names, as long as that is localhost or a loopback address.
 */
export class ConsoleOrigin {
  private readonly origin: string | null;
  /** Whether browsers reach the console over TLS: its cookies are then never sent without. */
  readonly isSecure: boolean;

  /** @param consoleUrl the public address of the console, as it is configured */
  constructor(consoleUrl: string | undefined) {
    const url = consoleUrl === undefined ? null : new URL(consoleUrl);
    this.origin = url?.origin ?? null;
    this.isSecure = url?.protocol === 'https:';
  }

  /**
   * Refuses a request that changes something and was not sent by the console's own page: browsers attach the
   * cookie to requests of other pages of the same site too. Requests without Origin and Sec-Fetch-Site come
   * from no browser that is in use.
   * @throws Problem 403 `origin-refused`, 415 `json-only`
   */
  check(request: Request): void {
    if (SAFE_METHODS.has(request.method)) return;
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const isOwnSite = site === undefined || site === 'same-origin';
    const isOwn = origin === undefined ? site === 'same-origin' : isOwnSite && this.isOwn(origin, request);
    if (!isOwn) throw this.refused();
    if (hasBody(request) && !request.is('application/json'))
      throw new Problem(
        415,
        'json-only',
        'Unsupported media type',
        'Requests with a session have a JSON body. Send Content-Type: application/json.',
      );
  }

  private isOwn(origin: string, { headers: { host = '' } }: Request): boolean {
    if (this.origin !== null) return origin === this.origin;
    if (!URL.canParse(origin) || !URL.canParse(`http://${host}`)) return false;
    const page = new URL(origin);
    return page.protocol === 'http:' && page.host === host && isLoopbackHost(page.hostname);
  }

  private refused(): Problem {
    return new Problem(
      403,
      'origin-refused',
      'Not allowed',
      this.origin === null
        ? 'People sign in on this machine only, at http://localhost or http://127.0.0.1: set CONSOLE_URL ' +
            'to the https address under which browsers reach control-api.'
        : `The request did not come from the page of the console, which is at ${this.origin} ` +
            '(CONSOLE_URL). Nothing was done.',
    );
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
