import { Module, type DynamicModule } from '@nestjs/common';
import type { IdempotencyKeys } from '@tandem/contracts';
import { DATA_SOURCE, type Repository } from '../stores/database.module.ts';
import { IdempotencySweeper } from './idempotency-sweeper.ts';
import { IDEMPOTENCY_KEYS, IdempotentWrites } from './idempotent-writes.service.ts';

/** Lets every module of a service have `@Idempotent()` routes. */
@Module({})
export class IdempotencyModule {
  /** @param keys the repository that stores keys with their answers */
  static forRoot<Connection, Transaction>(
    keys: Repository<Connection, IdempotencyKeys<Transaction>>,
  ): DynamicModule {
    return {
      module: IdempotencyModule,
      global: true,
      providers: [
        {
          provide: IDEMPOTENCY_KEYS,
          useFactory: (dataSource: Connection) => new keys(dataSource),
          inject: [DATA_SOURCE],
        },
        IdempotentWrites,
        IdempotencySweeper,
      ],
      exports: [IdempotentWrites],
    };
  }
}
