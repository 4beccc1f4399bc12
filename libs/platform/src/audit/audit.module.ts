import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { AuditTrail } from '@tandem/contracts';
import { DATA_SOURCE, type Repository } from '../stores/database.module.ts';
import { AuditAfterAnswer } from './audit-after-answer.ts';
import { AUDIT_TRAIL, ROUTE_ACTS } from './audit-tokens.ts';
import { AuditInterceptor } from './audit.interceptor.ts';
import type { RouteActs } from './route-acts.ts';

/** Records the acts of requests to a service in the audit log of their tenant. */
@Module({})
export class AuditModule implements NestModule {
  /**
   * @param trail the repository that writes the log
   * @param acts the acts of the service's routes
   */
  static forRoot<Connection>(trail: Repository<Connection, AuditTrail>, acts: RouteActs): DynamicModule {
    return {
      module: AuditModule,
      providers: [
        {
          provide: AUDIT_TRAIL,
          useFactory: (dataSource: Connection) => new trail(dataSource),
          inject: [DATA_SOURCE],
        },
        { provide: ROUTE_ACTS, useValue: acts },
        { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(AuditAfterAnswer).forRoutes('{*splat}');
  }
}
