import {
  Catch,
  HttpException,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { DependencyUnavailable, MalformedInput } from '@tandem/contracts';
import type { Response } from 'express';
import { noteRefusal } from '../logging/request-log.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { Problem, PROBLEM_TYPE_BASE, type ProblemDetails } from './problem.ts';

const RETRY_AFTER_S = '2';

const TITLES: Record<number, string> = {
  400: 'The request is malformed',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  413: 'The request is too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  503: 'Not available right now',
};

/** Sends every error as application/problem+json. An unexpected one is logged and sent as a plain 500. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);
  private readonly dependencyFaults;

  constructor(metrics: Metrics) {
    this.dependencyFaults = metrics.counter({
      name: 'tandem_dependency_faults_total',
      help: 'Requests answered 503 because a dependency was unavailable',
      labelNames: ['dependency', 'code'],
    });
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const exception = this.translate(thrown);
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return;
    const problem = this.describe(exception);
    if (exception instanceof Problem) response.set(exception.headers);
    const reason = exception instanceof Problem ? exception.reason : undefined;
    noteRefusal(response, { code: problem.code, ...(reason === undefined ? {} : { reason }) });
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private translate(thrown: unknown): unknown {
    if (thrown instanceof MalformedInput)
      return new Problem(400, thrown.code, 'The request is malformed', thrown.message);
    if (!(thrown instanceof DependencyUnavailable)) return thrown;
    const { dependency, code } = thrown;
    this.dependencyFaults.inc({ dependency, code });
    this.logger.warn({ dependency, code }, 'dependency unavailable; answered 503');
    return new Problem(
      503,
      `${dependency}-unavailable`,
      'Not available right now',
      `The ${dependency} cannot be reached or is too busy. Try again shortly; with the same ` +
        'Idempotency-Key nothing is done twice.',
      {},
      { 'Retry-After': RETRY_AFTER_S },
    );
  }

  private describe(exception: unknown): ProblemDetails {
    if (exception instanceof Problem) return exception.getResponse() as ProblemDetails;
    const status = statusOf(exception);
    if (status !== undefined && status < 500) {
      const title = TITLES[status] ?? 'The request was refused';
      return {
        type: `${PROBLEM_TYPE_BASE}http-${status}`,
        title,
        status,
        detail: detailOf(exception),
        code: `http-${status}`,
      };
    }
    if (status === undefined || status === 500)
      this.logger.error({ err: exception }, 'request failed unexpectedly');
    const sent = status ?? 500;
    const title = TITLES[sent] ?? 'Something broke on our side';
    return {
      type: `${PROBLEM_TYPE_BASE}http-${sent}`,
      title,
      status: sent,
      detail:
        sent === 503
          ? 'The service cannot do this right now. Try again shortly.'
          : 'The fault is ours and has been logged. Trying again is safe with the same Idempotency-Key.',
      code: `http-${sent}`,
    };
  }
}

/** Returns the status of one of Nest's exceptions or of a body parser's error; undefined for other errors. */
function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  if (exception instanceof Error && 'status' in exception && typeof exception.status === 'number')
    return exception.status;
  return undefined;
}

function detailOf(exception: unknown): string {
  if (exception instanceof NotFoundException) return 'There is nothing at this address.';
  if (!(exception instanceof HttpException))
    return exception instanceof Error && 'expose' in exception && exception.expose
      ? exception.message
      : 'The request could not be read.';
  const body = exception.getResponse();
  if (typeof body === 'object' && 'message' in body) {
    return Array.isArray(body.message)
      ? body.message.join('; ').slice(0, 2000)
      : String(body.message).slice(0, 2000);
  }
  return exception.message;
}
