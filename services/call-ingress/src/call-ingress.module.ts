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
  StreamKeys,
  WaitingLine,
} from '@tandem/call-state';
import {
  AgentDirectory,
  CallerDirectory,
  CallRepository,
  databaseResource,
  MessageRepository,
  SpendingRepository,
} from '@tandem/database';
import {
  CallStateModule,
  DatabaseModule,
  MessageQueue,
  PostCallQueue,
  queueModule,
  REDIS,
  type ServiceConfig,
} from '@tandem/platform';
import type { Redis } from 'ioredis';
import { BudgetGate } from './admission/budget-gate.ts';
import { CallAdmission } from './admission/call-admission.service.ts';
import { CallPlacement } from './admission/call-placement.service.ts';
import { ProviderAvailability } from './admission/provider-availability.ts';
import { TimedAdmission } from './admission/timed-admission.service.ts';
import { CallbackTokens } from './callbacks/callback-tokens.ts';
import { PublicBaseUrl } from './callbacks/public-base-url.ts';
import { asterisk } from './carriers/asterisk/asterisk.ts';
import { softphone } from './carriers/softphone/softphone.ts';
import { twilio } from './carriers/twilio/twilio.ts';
import { CARRIER_ADAPTERS, type CarrierAdapter, type CarrierAdapters } from './ports/carrier-adapter.ts';
import type { CarrierParts } from './ports/carrier-parts.ts';
import { ReceivedMessages } from './messages/received-messages.service.ts';
import { CallEndings } from './recovery/call-endings.ts';
import { CallRecovery } from './recovery/call-recovery.ts';
import { CallRescue } from './recovery/call-rescue.service.ts';
import { CarrierReports } from './recovery/carrier-reports.service.ts';
import { TransferReturn } from './recovery/transfer-return.ts';
import { CallRefusal } from './refusal/call-refusal.service.ts';
import { FleetGauges } from './relays/fleet-gauges.ts';
import { StreamOffers } from './relays/stream-offer.ts';
import { IngressMetrics } from './runtime/ingress-metrics.ts';
import { DepartmentDial } from './transfer/department-dial.ts';
import { OperatorQuestions } from './transfer/operator-questions.ts';
import { WaitingRoom } from './waiting/waiting-room.ts';
import { WaitingSweep } from './waiting/waiting-sweep.ts';

const CARRIERS: readonly CarrierParts[] = [asterisk, softphone, twilio];

/** Admits calls, keeps callers in line, and decides what follows an ended stream. */
@Module({})
export class CallIngressModule {
  static forRoot(config: ServiceConfig<'call-ingress'>): DynamicModule {
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    return {
      module: CallIngressModule,
      imports: [
        queueModule(connectRedis(config.redisUrl, 'producer'), ['post-call', 'messages']),
        CallStateModule.forRoot({
          redis: redisResource(config.redisUrl),
          weight: 'start',
          secrets: config.secrets,
          sealer: Sealer,
        }),
        CallStateModule.forFeature(
          CallHandovers,
          CallStore,
          CarrierReportStore,
          RelayRegistry,
          SpendLedger,
          StreamKeys,
          WaitingLine,
        ),
        DatabaseModule.forRoot(database, 'start'),
        DatabaseModule.forFeature(
          AgentDirectory,
          CallerDirectory,
          CallRepository,
          MessageRepository,
          SpendingRepository,
        ),
      ],
      controllers: CARRIERS.flatMap(({ controllers }) => controllers),
      providers: [
        {
          provide: ProviderStates,
          useFactory: (redis: Redis) => new ProviderStates(redis),
          inject: [REDIS],
        },
        PostCallQueue,
        MessageQueue,
        IngressMetrics,
        PublicBaseUrl,
        CallbackTokens,
        ...CARRIERS.flatMap(({ providers }) => providers),
        {
          provide: CARRIER_ADAPTERS,
          useFactory: (...adapters: CarrierAdapter[]): CarrierAdapters =>
            Object.fromEntries(CARRIERS.map(({ channel }, index) => [channel, adapters[index]])),
          inject: CARRIERS.map(({ adapter }) => adapter),
        },
        FleetGauges,
        StreamOffers,
        BudgetGate,
        ProviderAvailability,
        CallRefusal,
        WaitingRoom,
        WaitingSweep,
        CallPlacement,
        CallAdmission,
        TimedAdmission,
        DepartmentDial,
        OperatorQuestions,
        CallEndings,
        CallRecovery,
        TransferReturn,
        CallRescue,
        CarrierReports,
        ReceivedMessages,
      ],
    };
  }
}
