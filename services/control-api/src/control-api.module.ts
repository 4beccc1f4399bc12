import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { CallStore, redisResource, RelayInboxWriter, Sealer, WaitingLine } from '@tandem/call-state';
import { WEBHOOK_SECRETS_PURPOSE } from '@tandem/contracts';
import {
  AgentRepository,
  ApiKeyRepository,
  BlockedCallerRepository,
  CallerGroupRepository,
  CallRepository,
  databaseResource,
  DepartmentRepository,
  IdempotencyRepository,
  NumberRepository,
  RecordingRepository,
  SpendingRepository,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
  type DataSource,
} from '@tandem/database';
import {
  API_KEYS,
  deriveKeys,
  Destinations,
  idempotencyProviders,
  managed,
  TOKEN_AUDIENCE,
  type ServiceConfig,
} from '@tandem/platform';
import { openVault } from '@tandem/recordings';
import { AgentsController } from './agents/agents.controller.ts';
import { AgentsService } from './agents/agents.service.ts';
import { BlockedCallersController } from './callers/blocked-callers.controller.ts';
import { CallerGroupsController } from './callers/caller-groups.controller.ts';
import { CallCommandsController } from './calls/call-commands.controller.ts';
import { CallCommands } from './calls/call-commands.service.ts';
import { CallsController } from './calls/calls.controller.ts';
import { LiveCallsController } from './calls/live-calls.controller.ts';
import { WaitingCallsController } from './calls/waiting-calls.controller.ts';
import { DepartmentsController } from './directory/departments.controller.ts';
import { NumbersController } from './numbers/numbers.controller.ts';
import { RecordingArchive, VAULT } from './recordings/recordings.service.ts';
import { RecordingsController } from './recordings/recordings.controller.ts';
import { SpendingController } from './spending/spending.controller.ts';
import { WebhookEndpointsController } from './webhooks/webhook-endpoints.controller.ts';
import { WebhookEndpoints, WEBHOOK_SECRETS } from './webhooks/webhook-endpoints.service.ts';

const DATA_SOURCE = Symbol('DATA_SOURCE');
const REDIS = Symbol('REDIS');
const REPOSITORIES = [
  AgentRepository,
  BlockedCallerRepository,
  CallerGroupRepository,
  CallRepository,
  DepartmentRepository,
  NumberRepository,
  RecordingRepository,
  SpendingRepository,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
];

/** The operators' door. */
@Module({})
export class ControlApiModule {
  static forRoot(config: ServiceConfig<'control-api'>): DynamicModule {
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    const redis = redisResource(config.redisUrl);
    const sealer = new Sealer(deriveKeys(config.secrets, 'call-state'));
    const repository = (Class: Type<object> & (new (dataSource: DataSource) => object)): Provider => ({
      provide: Class,
      useValue: new Class(database.value),
    });
    return {
      module: ControlApiModule,
      controllers: [
        AgentsController,
        BlockedCallersController,
        CallerGroupsController,
        CallCommandsController,
        CallsController,
        DepartmentsController,
        LiveCallsController,
        NumbersController,
        RecordingsController,
        SpendingController,
        WaitingCallsController,
        WebhookEndpointsController,
      ],
      providers: [
        ...managed(DATA_SOURCE, database, 'always'),
        ...managed(REDIS, redis, 'start'),
        { provide: CallStore, useValue: new CallStore(redis.value, sealer) },
        { provide: WaitingLine, useValue: new WaitingLine(redis.value, sealer) },
        { provide: RelayInboxWriter, useValue: new RelayInboxWriter(redis.value, sealer) },
        CallCommands,
        { provide: VAULT, useValue: openVault(config) },
        RecordingArchive,
        { provide: API_KEYS, useValue: new ApiKeyRepository(database.value) },
        { provide: TOKEN_AUDIENCE, useValue: 'control-api' },
        ...REPOSITORIES.map(repository),
        ...idempotencyProviders(new IdempotencyRepository(database.value)),
        AgentsService,
        { provide: Destinations, useValue: new Destinations(config.trustedNetworks) },
        {
          provide: WEBHOOK_SECRETS,
          useValue: new Sealer(deriveKeys(config.secrets, WEBHOOK_SECRETS_PURPOSE)),
        },
        WebhookEndpoints,
      ],
    };
  }
}
