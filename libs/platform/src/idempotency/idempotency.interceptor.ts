import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { concatMap, type Observable } from 'rxjs';
import type { AuthorisedRequest } from '../access/principal.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { IdempotentWrites } from './idempotent-writes.service.ts';
import { Reply, type Once } from './once.ts';

/** Performs the request a handler returns by `onceFor`, once per tenant and Idempotency-Key. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor<Once<unknown, unknown>> {
  constructor(private readonly writes: IdempotentWrites<unknown>) {}

  /** @throws Problem 400 before the request is read */
  intercept(context: ExecutionContext, next: CallHandler<Once<unknown, unknown>>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request & AuthorisedRequest>();
    const response = http.getResponse<Response>();
    const key = idempotencyKeyOf(request);
    const usualStatus = response.statusCode;
    return next.handle().pipe(
      concatMap(async ({ body, effect, present }) => {
        const answer = await this.writes.perform(
          { tenantId: request.principal.tenantId, key, operation: operationOf(request), body },
          response,
          async (transaction) => {
            const done = await effect(transaction);
            if (done instanceof Reply) return { status: done.status, body: done.body as unknown };
            return { status: usualStatus, body: done ?? null };
          },
        );
        return present(answer);
      }),
    );
  }
}

/** Returns method and path of a request as its route writes them, ids included. */
function operationOf({ method, route, params }: Request): string {
  const { path } = route as { readonly path: string };
  return `${method} ${path.replace(/:(\w+)/g, (_, name: string) => String(params[name]))}`;
}
