import { Module, type DynamicModule } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Weight } from '../health/readiness.ts';
import { managed, type ManagedResourceOptions } from '../lifecycle/managed-resource.ts';
import { deriveKeys, type DerivedKey } from '../tokens/secrets.ts';

/** Injection tokens: the connection to Redis, and the sealer of personal data in it. */
export const REDIS = Symbol('REDIS');
export const CALL_STATE_SEALER = Symbol('CALL_STATE_SEALER');

const SEALER_PURPOSE = 'call-state';

export interface CallStateOptions<Sealer> {
  readonly redis: ManagedResourceOptions<Redis>;
  /** Whether the service can work without Redis: see {@link Weight}. */
  readonly weight: Weight;
  readonly secrets: readonly string[];
  readonly sealer: new (keys: readonly [DerivedKey, ...DerivedKey[]]) => Sealer;
}

/** A class that reads and writes call state. */
export type CallStateStore<Sealer> = new (redis: Redis, sealer: Sealer) => object;

/** The Nest module of the call-state lib, which itself does not depend on Nest. */
@Module({})
export class CallStateModule {
  /** Opens the connection to Redis with the service and closes it last. */
  static forRoot<Sealer>({ redis, weight, secrets, sealer }: CallStateOptions<Sealer>): DynamicModule {
    return {
      module: CallStateModule,
      global: true,
      providers: [
        ...managed(REDIS, redis, weight),
        { provide: CALL_STATE_SEALER, useValue: new sealer(deriveKeys(secrets, SEALER_PURPOSE)) },
      ],
      exports: [REDIS, CALL_STATE_SEALER],
    };
  }

  /** Provides the stores that a feature uses. */
  static forFeature<Sealer>(...stores: readonly CallStateStore<Sealer>[]): DynamicModule {
    return {
      module: CallStateModule,
      providers: stores.map((Class) => ({
        provide: Class,
        useFactory: (redis: Redis, sealer: Sealer) => new Class(redis, sealer),
        inject: [REDIS, CALL_STATE_SEALER],
      })),
      exports: [...stores],
    };
  }
}
