import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { described } from '../http/api-description.ts';
import { ApiProblems } from '../http/endpoint.ts';
import { IdempotencyInterceptor } from './idempotency.interceptor.ts';

/**
 * Makes a route perform each request once, however many times it is sent under one Idempotency-Key. The
 * handler returns {@link onceFor}.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    described(({ ApiHeader }) => [
      ApiHeader({
        name: 'Idempotency-Key',
        required: true,
        schema: { type: 'string', example: '6f1c2b8e-5d0a-4b7e-9c53-2f4f0f6f7a10' },
        description:
          'Names this one request. Repeating it within a week gives the first answer again, marked ' +
          '`Idempotency-Replayed: true`, and does nothing.',
      }),
    ]),
    ApiProblems({
      409:
        '`idempotency-in-progress`: the first request with this key has not been answered yet; try again ' +
        'after Retry-After seconds.',
      422: '`idempotency-key-reused`: the key came with another request.',
    }),
  );
}
