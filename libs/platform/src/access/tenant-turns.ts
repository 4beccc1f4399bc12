import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { defer, finalize, mergeMap, type Observable } from 'rxjs';
import { Problem } from '../http/problem.ts';
import { CONFIG } from '../lifecycle/tokens.ts';
import { Metrics } from '../telemetry/metrics.ts';
import type { AuthorisedRequest, Principal } from './principal.ts';
import { TenantShare } from './tenant-share.ts';

/** Requests of one tenant that may wait for their turn in one process. */
const MAX_WAITING = 1_000;
/** The longest a request waits for its turn, in ms: as long as clients commonly wait for a response. */
const MAX_WAIT_MS = 30_000;

/**
 * Lets the requests of a tenant take turns. As many as the database has connections are at work at once, half
 * of that while other tenants have requests; the rest wait in order. One tenant's flood is never in front of
 * another's request, nor in front of the tools of its own calls, which are as another tenant.
 */
@Injectable()
export class TenantTurns implements NestInterceptor {
  private readonly share: TenantShare;
  private readonly waiting = new Map<TenantId, Set<() => void>>();
  private readonly waited;
  private readonly refused;

  constructor(@Inject(CONFIG) config: { readonly databasePoolSize: number }, metrics: Metrics) {
    this.share = new TenantShare(config.databasePoolSize);
    this.waited = metrics.counter({
      name: 'tandem_requests_waited_total',
      help: 'Requests that waited for others of their tenant',
    });
    this.refused = metrics.counter({
      name: 'tandem_requests_crowded_out_total',
      help: 'Requests refused because too many of their tenant were waiting, or for too long',
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { principal } = context.switchToHttp().getRequest<Partial<AuthorisedRequest>>();
    if (!principal) return next.handle();
    const tenantId = lineOf(principal);
    return defer(() => this.turnOf(tenantId)).pipe(
      mergeMap(() => next.handle().pipe(finalize(() => this.pass(tenantId)))),
    );
  }

  /** Waits until the tenant has a place. @throws Problem 503 `tenant-busy` */
  private async turnOf(tenantId: TenantId): Promise<void> {
    if (this.share.take(tenantId, Date.now())) return;
    const waiting = this.waiting.get(tenantId) ?? new Set<() => void>();
    if (waiting.size >= MAX_WAITING) throw this.busy();
    this.waiting.set(tenantId, waiting);
    this.waited.inc();
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        waiting.delete(start);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(start);
        reject(this.busy());
      }, MAX_WAIT_MS);
      waiting.add(start);
    });
  }

  /** Gives the place back, and has waiting requests begin as far as there are places. */
  private pass(tenantId: TenantId): void {
    this.share.give(tenantId);
    const waiting = this.waiting.get(tenantId);
    if (!waiting) return;
    for (const start of waiting) {
      if (!this.share.take(tenantId, Date.now())) return;
      start();
    }
    this.waiting.delete(tenantId);
  }

  private busy(): Problem {
    this.refused.inc();
    return new Problem(
      503,
      'tenant-busy',
      'Busy',
      'Too many requests of this tenant are at work here. Send fewer at once, or try again shortly.',
      {},
      { 'Retry-After': '1' },
    );
  }
}

const lineOf = ({ kind, tenantId }: Principal): TenantId =>
  kind === 'service' ? (`${tenantId}:calls` as TenantId) : tenantId;
