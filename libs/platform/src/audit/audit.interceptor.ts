import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { AuditTrail } from '@tandem/contracts';
import type { Request, Response } from 'express';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import type { AuthorisedRequest } from '../access/principal.ts';
import { AUDIT_TRAIL, ROUTE_ACTS } from './audit-tokens.ts';
import { RecentActs } from './recent-acts.ts';
import { RequestAct, type AuditedRequest } from './request-act.ts';
import { actOf, type RouteAct, type RouteActs } from './route-acts.ts';

/**
 * Records the act of each request that is one: in the transaction of its change, else before the answer. A
 * request whose act cannot be recorded fails. A player asks for a recording range by range: that is one act.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  private readonly recent = new RecentActs();

  constructor(
    @Inject(AUDIT_TRAIL) private readonly trail: AuditTrail,
    @Inject(ROUTE_ACTS) private readonly acts: RouteActs,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request & Partial<AuthorisedRequest> & AuditedRequest>();
    const route = actOf(this.acts, request);
    if (!route) return next.handle();
    if (!request.principal) return defer(() => this.signedIn(route, next, request));
    const act = new RequestAct(route, request.principal, request, this.trail);
    if (request.headers.range !== undefined && this.recent.has(act.name)) return next.handle();
    request.act = act;
    return defer(() => this.recorded(act, next, http.getResponse<Response>()));
  }

  /** Records the act of one who has a principal only once the request is done: a sign-in. */
  private async signedIn(
    route: RouteAct,
    next: CallHandler,
    request: Request & Partial<AuthorisedRequest>,
  ): Promise<unknown> {
    const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
    if (request.principal) await new RequestAct(route, request.principal, request, this.trail).record();
    return body;
  }

  private async recorded(act: RequestAct, next: CallHandler, response: Response): Promise<unknown> {
    const body: unknown = await this.trail.during(act, () =>
      lastValueFrom(next.handle() as Observable<unknown>, { defaultValue: undefined }),
    );
    // A repeated request has done nothing: its act is recorded with the first one.
    const isRepeated = response.getHeader('Idempotency-Replayed') !== undefined;
    if (!isRepeated && !act.isOnDemand) await act.record();
    if (act.isRecorded) this.recent.add(act.name);
    return body;
  }
}
