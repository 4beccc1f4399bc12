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
import { ProviderAvailability } from './admission/provider-availability.ts';
import { twilio } from './carriers/twilio/twilio.ts';
import { CARRIER_ADAPTERS, type CarrierAdapter, type CarrierAdapters } from './ports/carrier-adapter.ts';
import { CallEndings } from './recovery/call-endings.ts';
import { CallRecovery } from './recovery/call-recovery.ts';
import { CallRescue } from './recovery/call-rescue.service.ts';
import { CarrierReports } from './recovery/carrier-reports.service.ts';
import { TransferReturn } from './recovery/transfer-return.ts';
import { CallRefusal } from './refusal/call-refusal.service.ts';
import { StreamOffers } from './relays/stream-offer.ts';
import { IngressMetrics } from './runtime/ingress-metrics.ts';
import { DepartmentDial } from './transfer/department-dial.ts';
import { OperatorQuestions } from './transfer/operator-questions.ts';
import { WaitingRoom } from './waiting/waiting-room.ts';
import { WaitingSweep } from './waiting/waiting-sweep.ts';

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
      controllers: [...twilio.controllers],
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
        IngressMetrics,
        ...twilio.providers,
        {
          provide: CARRIER_ADAPTERS,
          useFactory: (adapter: CarrierAdapter): CarrierAdapters => ({ twilio: adapter }),
          inject: [twilio.adapter],
        },
        StreamOffers,
        BudgetGate,
        ProviderAvailability,
        CallRefusal,
        WaitingRoom,
        WaitingSweep,
        CallPlacement,
        CallAdmission,
        DepartmentDial,
        OperatorQuestions,
        CallEndings,
        CallRecovery,
        TransferReturn,
        CallRescue,
        CarrierReports,
      ],
    };
  }
}
