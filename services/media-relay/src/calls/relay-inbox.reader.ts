import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { connectRedis, RelayInboxReader, Sealer, type RelayMessage } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { QueuedToolDispatcher } from '../tools/queued-tool-dispatcher.ts';
import { Relay } from './relay.ts';

/** How long the start waits for the reader to connect. */
const START_TIMEOUT_MS = 3_000;

/**
 * Reads this relay's inbox: tool results go to their waiting tool calls, operators' commands to their calls.
 */
@Injectable()
export class RelayInbox implements OnModuleInit, OnApplicationShutdown {
  private readonly reader: RelayInboxReader;

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'media-relay'>,
    @Inject(Sealer) sealer: Sealer,
    @Inject(QueuedToolDispatcher) private readonly caller: QueuedToolDispatcher,
    @Inject(Relay) private readonly relay: Relay,
  ) {
    this.reader = new RelayInboxReader(
      connectRedis(config.redisUrl, 'blocking'),
      sealer,
      config.relayId,
      (message) => this.dispatch(message),
    );
  }

  /** Without Redis the relay starts all the same, and is not ready. */
  async onModuleInit(): Promise<void> {
    await Promise.race([this.reader.start(), sleep(START_TIMEOUT_MS)]);
  }

  onApplicationShutdown(): Promise<void> {
    return this.reader.stop();
  }

  private dispatch(message: RelayMessage): void {
    if (message.kind === 'tool-result') this.caller.onResult(message);
    else this.relay.executeCommand(message);
  }
}
