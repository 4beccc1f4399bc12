import { Module, type DynamicModule } from '@nestjs/common';
import {
  CallStore,
  connectRedis,
  PhraseStore,
  ProviderStates,
  redisResource,
  RelayRegistry,
  Sealer,
} from '@tandem/call-state';
import { deriveKeys, managed, PostCallQueue, queueModule, type ServiceConfig } from '@tandem/platform';
import { StreamTickets } from './ingress/stream-tickets.ts';
import { TwilioStreamGateway } from './ingress/twilio-stream.gateway.ts';
import { CallFactory } from './relay/call-factory.ts';
import { CallRecordings } from './relay/recordings.ts';
import { RelayInbox } from './relay/relay-inbox.reader.ts';
import { ProviderWatch } from './relay/provider-watch.ts';
import { RelayLeaseRenewal } from './relay/relay-lease.ts';
import { RelayMetrics } from './relay/relay-metrics.ts';
import { RelayDrain } from './relay/relay-drain.ts';
import { Relay } from './relay/relay.ts';
import { LanguageDetection } from './relay/language-detector.ts';
import { PhraseCache } from './relay/phrase-cache.ts';
import { WaitMusic } from './relay/wait-music.ts';
import { FreezeDetector } from './relay/freeze-detector.ts';
import { REDIS } from './relay/tokens.ts';
import { QueuedToolCaller } from './tools/queued-tool-caller.ts';

@Module({})
export class MediaRelayModule {
  static forRoot(config: ServiceConfig<'media-relay'>): DynamicModule {
    const redis = redisResource(config.redisUrl);
    const sealer = new Sealer(deriveKeys(config.secrets, 'call-state'));
    return {
      module: MediaRelayModule,
      imports: [queueModule(connectRedis(config.redisUrl, 'producer'), ['tool-calls', 'post-call'])],
      providers: [
        ...managed(REDIS, redis, 'start'),
        { provide: Sealer, useValue: sealer },
        { provide: CallStore, useValue: new CallStore(redis.value, sealer) },
        { provide: RelayRegistry, useValue: new RelayRegistry(redis.value) },
        { provide: PhraseStore, useValue: new PhraseStore(redis.value, sealer) },
        { provide: ProviderStates, useValue: new ProviderStates(redis.value) },
        RelayMetrics,
        ProviderWatch,
        QueuedToolCaller,
        PostCallQueue,
        PhraseCache,
        WaitMusic,
        LanguageDetection,
        CallRecordings,
        CallFactory,
        {
          provide: FreezeDetector,
          useFactory: (metrics: RelayMetrics) => new FreezeDetector(metrics),
          inject: [RelayMetrics],
        },
        Relay,
        RelayDrain,
        RelayInbox,
        RelayLeaseRenewal,
        StreamTickets,
        TwilioStreamGateway,
      ],
    };
  }
}
