import { Module, type DynamicModule } from '@nestjs/common';
import { redisResource, Sealer } from '@tandem/call-state';
import { ApiKeyRepository, databaseResource, IdempotencyRepository } from '@tandem/database';
import {
  AccessModule,
  CallStateModule,
  DatabaseModule,
  IdempotencyModule,
  type ServiceConfig,
} from '@tandem/platform';
import { AgentsModule } from './agents/agents.module.ts';
import { ApiKeysModule } from './api-keys/api-keys.module.ts';
import { CalendarsModule } from './calendars/calendars.module.ts';
import { CallersModule } from './callers/callers.module.ts';
import { CallsModule } from './calls/calls.module.ts';
import { ClosedDatesModule } from './closed-dates/closed-dates.module.ts';
import { DirectoryModule } from './directory/directory.module.ts';
import { MessagesModule } from './messages/messages.module.ts';
import { NumbersModule } from './numbers/numbers.module.ts';
import { RecordingsModule } from './recordings/recordings.module.ts';
import { SecretsModule } from './secrets/secrets.module.ts';
import { SpendingModule } from './spending/spending.module.ts';
import { TenantsModule } from './tenants/tenants.module.ts';
import { VoiceTokensModule } from './voice-tokens/voice-tokens.module.ts';
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
        AccessModule.forRoot('control-api', ApiKeyRepository),
        IdempotencyModule.forRoot(IdempotencyRepository),
        AgentsModule,
        ApiKeysModule,
        CalendarsModule,
        CallersModule,
        CallsModule,
        ClosedDatesModule,
        DirectoryModule,
        MessagesModule,
        NumbersModule,
        RecordingsModule,
        SecretsModule,
        SpendingModule,
        TenantsModule,
        VoiceTokensModule,
        WebhooksModule,
      ],
    };
  }
}
