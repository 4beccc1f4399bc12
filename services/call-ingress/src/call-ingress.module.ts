import { Module, type DynamicModule } from '@nestjs/common';
import {
  CallHandovers,
  CallStore,
  CarrierReportStore,
  connectRedis,
  ProviderStates,
  redisResource,
  RelayRegistry,
  Sealer,
  SpendLedger,
  WaitingLine,
} from '@tandem/call-state';
import {
  AgentDirectory,
  CallerDirectory,
  CallRepository,
  databaseResource,
  SpendingRepository,
} from '@tandem/database';
import { deriveKeys, managed, PostCallQueue, queueModule, type ServiceConfig } from '@tandem/platform';
import { BudgetGate } from './admission/budget-gate.ts';
import { CallAdmission } from './admission/call-admission.service.ts';
import { CallPlacement } from './admission/call-placement.service.ts';
import { CallRefusal } from './admission/call-refusal.service.ts';
import { CARRIER_ADAPTERS, type CarrierAdapters } from './admission/carrier-adapter.ts';
import { ProviderAvailability } from './admission/provider-availability.ts';
import { CallRecovery } from './admission/call-recovery.ts';
import { StreamOffers } from './admission/stream-offer.ts';
import { WaitingRoom } from './admission/waiting-room.ts';
import { WaitingSweep } from './admission/waiting-sweep.ts';
import { IngressMetrics } from './ingress-metrics.ts';
import { PublicBaseUrl } from './public-base-url.ts';
import { CallRescue } from './rescue/call-rescue.service.ts';
import { DepartmentDial } from './transfer/department-dial.ts';
import { Transfers } from './transfer/transfers.service.ts';
import { CallStatusController } from './twilio/call-status.controller.ts';
import { CallbackTokens } from './twilio/callback-tokens.ts';
import { CarrierReports } from './twilio/carrier-reports.service.ts';
import { StreamEndedController } from './twilio/stream-ended.controller.ts';
import { TransferController } from './twilio/transfer.controller.ts';
import { TwilioAccounts } from './twilio/twilio-accounts.ts';
import { TwilioCarrier } from './twilio/twilio-carrier.ts';
import { VoiceWebhookController } from './twilio/voice-webhook.controller.ts';
import { WaitingKeyController } from './twilio/waiting-key.controller.ts';

const REDIS = Symbol('REDIS');
const DATA_SOURCE = Symbol('DATA_SOURCE');

@Module({})
export class CallIngressModule {
  static forRoot(config: ServiceConfig<'call-ingress'>): DynamicModule {
    const redis = redisResource(config.redisUrl);
    const sealer = new Sealer(deriveKeys(config.secrets, 'call-state'));
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    return {
      module: CallIngressModule,
      imports: [queueModule(connectRedis(config.redisUrl, 'producer'), ['post-call'])],
      controllers: [
        VoiceWebhookController,
        WaitingKeyController,
        StreamEndedController,
        TransferController,
        CallStatusController,
      ],
      providers: [
        ...managed(REDIS, redis, 'start'),
        ...managed(DATA_SOURCE, database, 'start'),
        { provide: CallStore, useValue: new CallStore(redis.value, sealer) },
        { provide: CarrierReportStore, useValue: new CarrierReportStore(redis.value) },
        { provide: CallHandovers, useValue: new CallHandovers(redis.value, sealer) },
        { provide: WaitingLine, useValue: new WaitingLine(redis.value, sealer) },
        { provide: RelayRegistry, useValue: new RelayRegistry(redis.value) },
        { provide: AgentDirectory, useValue: new AgentDirectory(database.value) },
        { provide: CallRepository, useValue: new CallRepository(database.value) },
        { provide: CallerDirectory, useValue: new CallerDirectory(database.value) },
        { provide: SpendingRepository, useValue: new SpendingRepository(database.value) },
        { provide: ProviderStates, useValue: new ProviderStates(redis.value) },
        { provide: SpendLedger, useValue: new SpendLedger(redis.value) },
        PostCallQueue,
        PublicBaseUrl,
        IngressMetrics,
        CallbackTokens,
        CarrierReports,
        StreamOffers,
        BudgetGate,
        ProviderAvailability,
        CallPlacement,
        CallRefusal,
        WaitingRoom,
        WaitingSweep,
        CallAdmission,
        DepartmentDial,
        TwilioAccounts,
        TwilioCarrier,
        {
          provide: CARRIER_ADAPTERS,
          useFactory: (twilio: TwilioCarrier): CarrierAdapters => ({ twilio }),
          inject: [TwilioCarrier],
        },
        CallRecovery,
        CallRescue,
        Transfers,
      ],
    };
  }
}
