import { Inject, Injectable, Logger, type NestMiddleware } from '@nestjs/common';
import type { AuditTrail } from '@tandem/contracts';
import type { NextFunction, Request, Response } from 'express';
import type { AuthorisedRequest, Principal } from '../access/principal.ts';
import { FaultLog } from '../logging/fault-log.ts';
import { refusalOf } from '../logging/request-log.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { AUDIT_TRAIL, ROUTE_ACTS } from './audit-tokens.ts';
import { KnownAddresses } from './known-addresses.ts';
import { RefusalBudget } from './refusal-budget.ts';
import { addressOf, entryBase, type AuditedRequest } from './request-act.ts';
import { actOf, isUnsafe, type RouteActs } from './route-acts.ts';

/** Not allowed, and not there for this tenant: the answers to one that tries what is not theirs. */
const REFUSED = new Set([403, 404]);
const NEW_ADDRESS = { act: 'api-key.used-from-new-address' };

/**
 * Records after the answer: acts that were refused, at a bounded rate, and API keys that come from an address
 * they never came from. An entry that cannot be written is counted.
 */
@Injectable()
export class AuditAfterAnswer implements NestMiddleware {
  private readonly faults = new FaultLog(new Logger('AuditLog'), 'record refused acts');
  private readonly budget = new RefusalBudget();
  private readonly addresses = new KnownAddresses();
  private readonly unrecorded;

  constructor(
    @Inject(AUDIT_TRAIL) private readonly trail: AuditTrail,
    @Inject(ROUTE_ACTS) private readonly acts: RouteActs,
    metrics: Metrics,
  ) {
    this.unrecorded = metrics.counter({
      name: 'tandem_audit_unrecorded_total',
      help: 'Refused acts and new addresses of API keys that are not in the audit log, by reason',
      labelNames: ['reason'],
    });
  }

  use(request: Request & Partial<AuthorisedRequest>, response: Response, next: NextFunction): void {
    response.once('finish', () => void this.note(request, response));
    next();
  }

  private async note(
    request: Request & Partial<AuthorisedRequest> & AuditedRequest,
    response: Response,
  ): Promise<void> {
    const principal = request.principal ?? request.refused;
    if (!principal) return;
    try {
      if (this.isRefused(request, response)) await this.refusal(principal, request, response);
      await this.address(principal, request);
      this.faults.succeeded();
    } catch (error) {
      this.unrecorded.inc({ reason: 'failed' });
      this.faults.failed(error);
    }
  }

  private isRefused(request: Request & AuditedRequest, response: Response): boolean {
    return (
      isUnsafe(request) &&
      REFUSED.has(response.statusCode) &&
      request.act?.isRecorded !== true &&
      response.getHeader('Idempotency-Replayed') === undefined
    );
  }

  private async refusal(principal: Principal, request: Request, response: Response): Promise<void> {
    const route = actOf(this.acts, request);
    if (!route) return;
    if (!this.budget.take(principal.tenantId, Date.now())) return this.unrecorded.inc({ reason: 'rate' });
    const refusal = refusalOf(response)?.code ?? `http-${response.statusCode}`;
    await this.trail.append(principal.tenantId, { ...entryBase(route, principal, request), refusal });
  }

  private async address(principal: Principal, request: Request): Promise<void> {
    const { apiKeyId, tenantId } = principal;
    const address = addressOf(request);
    if (apiKeyId === null || address === null) return;
    await this.addresses.note(apiKeyId, address, async (network) => {
      if (!(await this.trail.isNewAddress(tenantId, apiKeyId, network))) return;
      const entry = entryBase(NEW_ADDRESS, principal, request);
      await this.trail.append(tenantId, { ...entry, objectId: apiKeyId });
    });
  }
}
