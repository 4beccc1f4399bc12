import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Options } from 'pino-http';
import type { AuthorisedRequest } from '../access/principal.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Characters logged of an address without a route; the client chooses its length. */
const MAX_PATH = 200;
/** The route of Nest's middleware; Express reports it where no other route matches. */
const EVERY_ROUTE = '{/*splat}';
const OWN_PATHS = /^\/(?:healthz|readyz|metrics)(?:\?|$)/;

/** The reason a request was refused, for its log line. */
export interface LoggedRefusal {
  /** The code of the problem details. */
  readonly code: string;
  /** Details the response does not give, such as which part of a credential is wrong. */
  readonly reason?: string;
}

/**
 * Logs requests with their route in place of the path, the call they concern, and the reason of a refusal.
 * Requests for unknown addresses, which anyone can send, are counted and not logged.
 */
export class RequestLog {
  private readonly unrouted;

  constructor(metrics: Metrics) {
    this.unrouted = metrics.counter({
      name: 'tandem_unrouted_requests_total',
      help: 'Requests without a route; they are not logged',
    });
  }

  readonly options: Pick<
    Options,
    'autoLogging' | 'customLogLevel' | 'customSuccessObject' | 'customErrorObject' | 'serializers'
  > = {
    autoLogging: { ignore: (request) => OWN_PATHS.test(request.url ?? '') },
    customLogLevel: (request, response, error) => this.level(request, response, error),
    customSuccessObject: (request, response, fields: object) => ({
      ...fields,
      ...lineFields(request, response),
    }),
    customErrorObject: (request, response, _error, fields: object) => ({
      ...fields,
      ...lineFields(request, response),
    }),
    serializers: {
      req: ({ method }: IncomingMessage) => ({ method }),
      res: (response: ServerResponse) => ({ status: response.statusCode }),
    },
  };

  private level(request: IncomingMessage, response: ServerResponse, error?: Error) {
    if (error || response.statusCode >= 500) return 'error';
    if (response.statusCode === 404 && routeOf(request) === undefined) {
      this.unrouted.inc();
      return 'silent';
    }
    if (response.statusCode >= 400) return 'warn';
    return callOf(request) === undefined ? 'debug' : 'info';
  }
}

/** Keeps the reason of a refusal with its response, for the log line. */
export function noteRefusal(response: Response, refusal: LoggedRefusal): void {
  (response.locals as { refusal?: LoggedRefusal }).refusal = refusal;
}

/** Returns the reason kept with a response. */
export function refusalOf(response: Pick<Response, 'locals'>): LoggedRefusal | undefined {
  return ((response.locals ?? {}) as { refusal?: LoggedRefusal }).refusal;
}

function lineFields(request: IncomingMessage, response: ServerResponse): object {
  const route = routeOf(request);
  const refusal = refusalOf(response as Response);
  const callId = callOf(request);
  return {
    ...(route === undefined ? { path: request.url?.split('?')[0]?.slice(0, MAX_PATH) } : { route }),
    ...(callId === undefined ? {} : { callId }),
    ...refusal,
  };
}

/** Returns the route of a request; undefined when none matches. */
function routeOf(request: IncomingMessage): string | undefined {
  const path: unknown = ((request as Partial<Request>).route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' && path !== EVERY_ROUTE ? path : undefined;
}

/** Returns the call a request concerns: from its path, or from the token of the service that sent it. */
function callOf(request: IncomingMessage): string | undefined {
  const { params, principal } = request as Partial<Request> & Partial<AuthorisedRequest>;
  const inPath: unknown = params?.['callId'];
  return typeof inPath === 'string' ? inPath : (principal?.callId ?? undefined);
}
