import { Module, type DynamicModule, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { CallRecordStore, connectRedis, RelayRegistry, Sealer } from '@tandem/call-state';
import { deriveKeys, PostCallQueue, queueModule, type ServiceConfig } from '@tandem/platform';
import type { Redis } from 'ioredis';
import { StreamTickets } from './ingress/stream-tickets.ts';
import { TwilioStreamGateway } from './ingress/twilio-stream.gateway.ts';
import { CallFactory } from './relay/call-factory.ts';
import { RelayLeaseKeeper } from './relay/relay-lease.ts';
import { RelayMetrics } from './relay/relay-metrics.ts';
import { Relay } from './relay/relay.ts';
import { REDIS } from './relay/tokens.ts';
import { QueuedToolCaller } from './tools/queued-tool-caller.ts';
import { ToolReplyReader } from './tools/tool-reply.reader.ts';

@Module({})
export class MediaRelayModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  static forRoot(config: ServiceConfig<'media-relay'>): DynamicModule {
    const redis = connectRedis(config.redisUrl, 'command');
    const sealer = new Sealer(deriveKeys(config.secrets, 'call-state'));
    return {
      module: MediaRelayModule,
      imports: [queueModule('producer', config.redisUrl, ['tool-calls', 'post-call'])],
      providers: [
        { provide: REDIS, useValue: redis },
        { provide: Sealer, useValue: sealer },
        { provide: CallRecordStore, useValue: new CallRecordStore(redis, sealer) },
        { provide: RelayRegistry, useValue: new RelayRegistry(redis) },
        RelayMetrics,
        QueuedToolCaller,
        ToolReplyReader,
        PostCallQueue,
        CallFactory,
        Relay,
        RelayLeaseKeeper,
        StreamTickets,
        TwilioStreamGateway,
      ],
    };
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
