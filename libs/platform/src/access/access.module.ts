import { Module, type DynamicModule } from '@nestjs/common';
import { DATA_SOURCE, type Repository } from '../stores/database.module.ts';
import { API_KEYS, TOKEN_AUDIENCE, type ApiKeys } from './tenant.guard.ts';

/** Lets every module of a service have controllers for tenants. */
@Module({})
export class AccessModule {
  /**
   * @param audience the name service tokens are issued for
   * @param keys the repository that knows the API keys
   */
  static forRoot<Connection>(audience: string, keys: Repository<Connection, ApiKeys>): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: TOKEN_AUDIENCE, useValue: audience },
        {
          provide: API_KEYS,
          useFactory: (dataSource: Connection) => new keys(dataSource),
          inject: [DATA_SOURCE],
        },
      ],
      exports: [TOKEN_AUDIENCE, API_KEYS],
    };
  }
}
