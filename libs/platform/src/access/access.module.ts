import { Module, type DynamicModule } from '@nestjs/common';
import { REDIS } from '../stores/call-state.module.ts';
import { DATA_SOURCE, type Repository } from '../stores/database.module.ts';
import { RateLimit, REQUEST_RATES, type RequestRates } from './rate-limit.ts';
import { SessionCookies } from './session-cookies.ts';
import { API_KEYS, TOKEN_AUDIENCE, type ApiKeys } from './tenant.guard.ts';
import { SESSIONS, UserSessions, type Sessions } from './user-sessions.ts';

/** Lets every module of a service have controllers for tenants. */
@Module({})
export class AccessModule {
  /**
   * @param audience the name service tokens are issued for
   * @param keys the repository that knows the API keys
   * @param rates the store that counts their requests
   * @param sessions the repository that knows the sessions of users; without it nobody signs in
   */
  static forRoot<Connection, Redis>(
    audience: string,
    keys: Repository<Connection, ApiKeys>,
    rates: new (redis: Redis) => RequestRates,
    sessions: Repository<Connection, Sessions> | null = null,
  ): DynamicModule {
    const ofUsers = sessions === null ? [] : sessionProviders(sessions);
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
        { provide: REQUEST_RATES, useFactory: (redis: Redis) => new rates(redis), inject: [REDIS] },
        RateLimit,
        ...ofUsers,
      ],
      exports: [
        TOKEN_AUDIENCE,
        API_KEYS,
        RateLimit,
        ...(sessions === null ? [] : [SessionCookies, UserSessions]),
      ],
    };
  }
}

function sessionProviders<Connection>(sessions: Repository<Connection, Sessions>) {
  return [
    {
      provide: SESSIONS,
      useFactory: (dataSource: Connection) => new sessions(dataSource),
      inject: [DATA_SOURCE],
    },
    SessionCookies,
    UserSessions,
  ];
}
