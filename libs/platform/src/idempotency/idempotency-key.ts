import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { problemSchema } from '../http/problem-schema.ts';
import { Problem } from '../http/problem.ts';

const keySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** The Idempotency-Key header of an unsafe request. @throws Problem 400 */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const header = context.switchToHttp().getRequest<Request>().headers['idempotency-key'];
  const key = keySchema.safeParse(header);
  if (key.success) return key.data;
  const code = header === undefined ? 'idempotency-key-missing' : 'idempotency-key-malformed';
  throw new Problem(
    400,
    code,
    'The request is malformed',
    'Send an Idempotency-Key header of 1 to 200 visible ASCII characters, new for each thing you want ' +
      'done and the same for each retry.',
  );
});

/** Documents what the key does to a route. */
export function Repeatable(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description:
        'Names this one request. Repeating it within a week gives the first answer again, marked ' +
        '`Idempotency-Replayed: true`, and does nothing.',
    }),
    ApiResponse({
      status: 409,
      description:
        '`idempotency-in-progress`: the first request is still at it; try again after Retry-After ' +
        'seconds. Or a conflict of the route.',
      standardSchema: problemSchema,
    }),
    ApiResponse({
      status: 422,
      description: '`idempotency-key-reused`: the key came with another request. Or a refusal of the route.',
      standardSchema: problemSchema,
    }),
  );
}
