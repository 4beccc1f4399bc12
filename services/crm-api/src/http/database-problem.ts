import { Inject, Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { CursorMalformed, DatabaseRefusal, DatabaseUnavailable } from '@tandem/database';
import { Problem } from '@tandem/platform';
import { catchError, throwError, type Observable } from 'rxjs';
import { CrmMetrics } from '../crm-metrics.ts';

const RETRY_AFTER_S = '2';

/** A service token outlives its tenant by seconds at most; an API key does not. */
export const tenantGone = () => new Problem(403, 'tenant-gone', 'Not allowed', 'The tenant this credential belongs to does not exist any more.');

/** Tells callers what an error of the database means to them; the SQL side of it stays here. */
@Injectable()
export class DatabaseProblemInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Database');

  constructor(@Inject(CrmMetrics) private readonly metrics: CrmMetrics) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => this.translate(error))));
  }

  /** The problem to answer with; an error of another kind stays what it is. */
  translate(error: unknown): unknown {
    if (error instanceof CursorMalformed) return new Problem(400, 'cursor-malformed', 'The request is malformed', error.message);
    if (error instanceof DatabaseRefusal && error.constraint === 'idempotency_keys_tenant_id_fkey') return tenantGone();
    if (!(error instanceof DatabaseUnavailable)) return error;
    this.metrics.databaseFaults.inc({ code: error.code });
    this.logger.warn({ code: error.code }, 'the database could not serve a request');
    return new Problem(
      503,
      'database-unavailable',
      'Not available right now',
      'The database cannot be reached or is too busy. Try again shortly; with the same Idempotency-Key nothing is done twice.',
      {},
      { 'Retry-After': RETRY_AFTER_S },
    );
  }
}
