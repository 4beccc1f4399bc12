import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';

const keySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** Returns the Idempotency-Key header of an unsafe request. @throws Problem 400 */
export function idempotencyKeyOf(request: Request): string {
  const header = request.headers['idempotency-key'];
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
}

/** Injects the Idempotency-Key of the request. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  idempotencyKeyOf(context.switchToHttp().getRequest<Request>()),
);
