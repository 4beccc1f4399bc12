import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { connectRedis, RelayInboxReader, Sealer, type RelayMessage } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { QueuedToolCaller } from '../tools/queued-tool-caller.ts';
import { Relay } from './relay.ts';

/** The one reader of this relay's inbox: tool results go to whoever waits for them, operators' commands to their call. */
@Injectable()
export class RelayInbox implements OnModuleInit, OnApplicationShutdown {
  private readonly reader: RelayInboxReader;

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'media-relay'>,
    @Inject(Sealer) sealer: Sealer,
    @Inject(QueuedToolCaller) private readonly caller: QueuedToolCaller,
    @Inject(Relay) private readonly relay: Relay,
  ) {
    this.reader = new RelayInboxReader(connectRedis(config.redisUrl, 'blocking'), sealer, config.relayId, (message) => this.received(message));
  }

  onModuleInit(): Promise<void> {
    return this.reader.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.reader.stop();
  }

  private received(message: RelayMessage): void {
    if (message.kind === 'tool-result') this.caller.received(message);
    else this.relay.command(message);
  }
}
