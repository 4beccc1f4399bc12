import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Options } from 'pino-http';
import type { AuthorisedRequest } from '../access/principal.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Of an address without a route; strangers choose its length. */
const MAX_PATH = 200;
/** What Nest binds middleware to; Express remembers it as the route where no other follows. */
const EVERY_ROUTE = '{/*splat}';
const OWN_PATHS = /^\/(?:healthz|readyz|metrics)(?:\?|$)/;

/** Why a request was refused, for its line in the log. */
export interface LoggedRefusal {
  /** As in the problem details. */
  readonly code: string;
  /** What the answer does not say, such as which part of a credential is wrong. */
  readonly reason?: string;
}

/**
 * Lines about requests: with the route in place of the path, the call they are about, and why they were
 * refused. Anyone may ask a public door for addresses there are not: those are counted, not logged.
 */
export class RequestLog {
  private readonly unrouted;

  constructor(metrics: Metrics) {
    this.unrouted = metrics.counter({
      name: 'tandem_unrouted_requests_total',
      help: 'Requests for addresses this service does not have; they are not logged',
    });
  }

  readonly options: Pick<
    Options,
    'autoLogging' | 'customLogLevel' | 'customSuccessObject' | 'customErrorObject' | 'serializers'
  > = {
    autoLogging: { ignore: (request) => OWN_PATHS.test(request.url ?? '') },
    customLogLevel: (request, response, error) => this.level(request, response, error),
    customSuccessObject: (request, response, fields: object) => ({ ...fields, ...told(request, response) }),
    customErrorObject: (request, response, _error, fields: object) => ({
      ...fields,
      ...told(request, response),
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

/** Remembers with a response why its request was refused. */
export function noteRefusal(response: Response, refusal: LoggedRefusal): void {
  (response.locals as { refusal?: LoggedRefusal }).refusal = refusal;
}

function told(request: IncomingMessage, response: ServerResponse): object {
  const route = routeOf(request);
  const { refusal } = ((response as Response).locals ?? {}) as { refusal?: LoggedRefusal };
  const callId = callOf(request);
  return {
    ...(route === undefined ? { path: request.url?.split('?')[0]?.slice(0, MAX_PATH) } : { route }),
    ...(callId === undefined ? {} : { callId }),
    ...refusal,
  };
}

/** Undefined when the address has no route. */
function routeOf(request: IncomingMessage): string | undefined {
  const path: unknown = ((request as Partial<Request>).route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' && path !== EVERY_ROUTE ? path : undefined;
}

/** The call a request is about: in its address, or in the token of the service that asks for it. */
function callOf(request: IncomingMessage): string | undefined {
  const { params, principal } = request as Partial<Request> & Partial<AuthorisedRequest>;
  const inPath: unknown = params?.['callId'];
  return typeof inPath === 'string' ? inPath : (principal?.callId ?? undefined);
}
