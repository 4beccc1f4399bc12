import { Logger, Module, type DynamicModule } from '@nestjs/common';
import {
  CallStore,
  connectRedis,
  PhraseStore,
  ProviderStates,
  redisResource,
  RelayRegistry,
  Sealer,
  StreamKeys,
} from '@tandem/call-state';
import { RealClock, verifyCallTools } from '@tandem/conversation';
import { deriveKeys, managed, PostCallQueue, queueModule, REDIS, type ServiceConfig } from '@tandem/platform';
import { PlayoutClock } from '@tandem/telephony';
import { TOOL_DECLARATIONS } from '@tandem/tools';
import { AudioSocketDoor } from './ingress/audiosocket-door.ts';
import { ChanWebSocketStreamGateway } from './ingress/chan-websocket-stream.gateway.ts';
import { StreamDoor } from './ingress/stream-door.ts';
import { StreamTickets } from './ingress/stream-tickets.ts';
import { SoftphoneStreamGateway } from './ingress/softphone-stream.gateway.ts';
import { TwilioStreamGateway } from './ingress/twilio-stream.gateway.ts';
import { CallLogs } from './calls/call-logs.ts';
import { CallFactory } from './calls/call-factory.ts';
import { CallRecordings } from './media/call-recordings.ts';
import { RelayInbox } from './calls/relay-inbox.reader.ts';
import { ProviderHealthMonitor } from './media/provider-health-monitor.ts';
import { RelayLeaseRenewal } from './capacity/relay-lease-renewal.ts';
import { RelayMetrics } from './metrics/relay-metrics.ts';
import { RelayDrain } from './capacity/relay-drain.ts';
import { Relay } from './calls/relay.ts';
import { LanguageDetection } from './media/language-detection.ts';
import { EndedCalls } from './calls/ended-calls.ts';
import { MediaPaths } from './media/media-path.ts';
import { PhraseCache } from './media/phrase-cache.ts';
import { PhrasePreparation } from './media/phrase-preparation.ts';
import { VoiceModels } from './media/voice-models.ts';
import { WaitMusic } from './media/wait-music.ts';
import { FreezeDetector } from './ownership/freeze-detector.ts';
import { HostedToolSecrets } from './tools/hosted-tool-secrets.ts';
import { QueuedToolDispatcher } from './tools/queued-tool-dispatcher.ts';

const logger = new Logger('MediaRelay');

@Module({})
export class MediaRelayModule {
  /** @throws CallToolsMismatched when a declared call tool has no implementation in the session */
  static forRoot(config: ServiceConfig<'media-relay'>): DynamicModule {
    verifyCallTools(TOOL_DECLARATIONS);
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
        { provide: StreamKeys, useValue: new StreamKeys(redis.value) },
        { provide: PhraseStore, useValue: new PhraseStore(redis.value, sealer) },
        { provide: ProviderStates, useValue: new ProviderStates(redis.value) },
        {
          provide: RealClock,
          useFactory: () => new RealClock((error) => logger.error({ err: error }, 'call timer failed')),
        },
        {
          provide: PlayoutClock,
          useFactory: (clock: RealClock) => new PlayoutClock(clock),
          inject: [RealClock],
        },
        RelayMetrics,
        ProviderHealthMonitor,
        QueuedToolDispatcher,
        HostedToolSecrets,
        PostCallQueue,
        PhraseCache,
        PhrasePreparation,
        WaitMusic,
        LanguageDetection,
        CallRecordings,
        VoiceModels,
        MediaPaths,
        CallLogs,
        EndedCalls,
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
        StreamDoor,
        AudioSocketDoor,
        ChanWebSocketStreamGateway,
        SoftphoneStreamGateway,
        TwilioStreamGateway,
      ],
    };
  }
}
