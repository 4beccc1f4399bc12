import { Module, type DynamicModule } from '@nestjs/common';
import { connectRedis, redisResource, RequestRates, Sealer } from '@tandem/call-state';
import {
  ApiKeyRepository,
  AuditLogRepository,
  databaseResource,
  IdempotencyRepository,
  SessionRepository,
} from '@tandem/database';
import {
  AccessModule,
  AuditModule,
  CallStateModule,
  DatabaseModule,
  IdempotencyModule,
  queueModule,
  type ServiceConfig,
} from '@tandem/platform';
import { AgentsModule } from './agents/agents.module.ts';
import { AnalysesModule } from './analyses/analyses.module.ts';
import { AnnotationsModule } from './annotations/annotations.module.ts';
import { ApiKeysModule } from './api-keys/api-keys.module.ts';
import { ACTS } from './audit/acts.ts';
import { AuditLogModule } from './audit/audit-log.module.ts';
import { CalendarsModule } from './calendars/calendars.module.ts';
import { CallersModule } from './callers/callers.module.ts';
import { CallsModule } from './calls/calls.module.ts';
import { ClosedDatesModule } from './closed-dates/closed-dates.module.ts';
import { ConsoleModule } from './console/console.module.ts';
import { CrmConnectionsModule } from './crm-connections/crm-connections.module.ts';
import { DeadLettersModule } from './dead-letters/dead-letters.module.ts';
import { DirectoryModule } from './directory/directory.module.ts';
import { MessagesModule } from './messages/messages.module.ts';
import { NumbersModule } from './numbers/numbers.module.ts';
import { RecordingsModule } from './recordings/recordings.module.ts';
import { SecretsModule } from './secrets/secrets.module.ts';
import { SignInModule } from './sign-in/sign-in.module.ts';
import { SpendingModule } from './spending/spending.module.ts';
import { TenantsModule } from './tenants/tenants.module.ts';
import { UsersModule } from './users/users.module.ts';
import { TimelineModule } from './timeline/timeline.module.ts';
import { VoiceTokensModule } from './voice-tokens/voice-tokens.module.ts';
import { WebSearchModule } from './web-search/web-search.module.ts';
import { WebhooksModule } from './webhooks/webhooks.module.ts';

/** The operators' API. */
@Module({})
export class ControlApiModule {
  static forRoot(config: ServiceConfig<'control-api'>): DynamicModule {
    return {
      module: ControlApiModule,
      imports: [
        DatabaseModule.forRoot(
          databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize }),
        ),
        CallStateModule.forRoot({
          redis: redisResource(config.redisUrl),
          weight: 'start',
          secrets: config.secrets,
          sealer: Sealer,
        }),
        queueModule(connectRedis(config.redisUrl, 'producer'), ['tool-calls', 'post-call', 'messages']),
        AccessModule.forRoot('control-api', ApiKeyRepository, RequestRates, SessionRepository),
        IdempotencyModule.forRoot(IdempotencyRepository),
        AuditModule.forRoot(AuditLogRepository, ACTS),
        AgentsModule,
        // Before CallsModule, whose route of one call would take the name of the table for an id.
        AnalysesModule,
        AnnotationsModule,
        ApiKeysModule,
        AuditLogModule,
        CalendarsModule,
        CallersModule,
        CallsModule,
        ClosedDatesModule,
        ConsoleModule,
        CrmConnectionsModule,
        DeadLettersModule,
        DirectoryModule,
        MessagesModule,
        NumbersModule,
        RecordingsModule,
        SecretsModule,
        SignInModule,
        SpendingModule,
        TenantsModule,
        UsersModule,
        TimelineModule,
        VoiceTokensModule,
        WebSearchModule,
        WebhooksModule,
      ],
    };
  }
}
