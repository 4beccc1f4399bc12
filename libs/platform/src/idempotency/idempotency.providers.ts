import type { Provider } from '@nestjs/common';
import type { IdempotencyKeys } from '@tandem/contracts';
import { IdempotencySweeper } from './idempotency-sweeper.ts';
import { IDEMPOTENCY_KEYS, IdempotentWrites } from './idempotent-writes.service.ts';

/** What a service needs to have its unsafe requests done once. */
export function idempotencyProviders<Transaction>(keys: IdempotencyKeys<Transaction>): Provider[] {
  return [{ provide: IDEMPOTENCY_KEYS, useValue: keys }, IdempotentWrites, IdempotencySweeper];
}
