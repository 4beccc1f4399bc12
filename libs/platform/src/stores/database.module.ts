import { Module, type DynamicModule } from '@nestjs/common';
import type { Weight } from '../health/readiness.ts';
import { managed, type ManagedResourceOptions } from '../lifecycle/managed-resource.ts';

/** Injection token: the connection to the database. */
export const DATA_SOURCE = Symbol('DATA_SOURCE');

/** A class that reads and writes by one connection. */
export type Repository<Connection, Kind = object> = new (connection: Connection) => Kind;

/** The Nest module of the database lib, which itself does not depend on Nest. */
@Module({})
export class DatabaseModule {
  /** Opens the connection with the service and closes it last. @param weight its part in readiness */
  static forRoot(connection: ManagedResourceOptions<object>, weight: Weight = 'always'): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: managed(DATA_SOURCE, connection, weight),
      exports: [DATA_SOURCE],
    };
  }

  /** Provides the repositories that a feature uses. */
  static forFeature<Connection>(...repositories: readonly Repository<Connection>[]): DynamicModule {
    return {
      module: DatabaseModule,
      providers: repositories.map((Class) => ({
        provide: Class,
        useFactory: (dataSource: Connection) => new Class(dataSource),
        inject: [DATA_SOURCE],
      })),
      exports: [...repositories],
    };
  }
}
