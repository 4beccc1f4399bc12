import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { connectRedis, RelayInboxReader, Sealer } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { QueuedToolCaller } from './queued-tool-caller.ts';

/** The one reader of this relay's inbox: hands tool results to whoever waits for them. */
@Injectable()
export class ToolReplyReader implements OnModuleInit, OnApplicationShutdown {
  private readonly reader: RelayInboxReader;

  constructor(@Inject(CONFIG) config: ServiceConfig<'media-relay'>, @Inject(Sealer) sealer: Sealer, @Inject(QueuedToolCaller) caller: QueuedToolCaller) {
    this.reader = new RelayInboxReader(connectRedis(config.redisUrl, 'blocking'), sealer, config.relayId, (message) => caller.received(message));
  }

  onModuleInit(): Promise<void> {
    return this.reader.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.reader.stop();
  }
}
