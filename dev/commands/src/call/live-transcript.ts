import { CallStore, connectRedis, Sealer } from '@tandem/call-state';
import type { CallEvent, CallId } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';

const POLL_MS = 150;

/** Passes on the events of a running call as its relay writes them to the log. */
export class LiveTranscript {
  private readonly redis;
  private readonly store: CallStore;
  private timer: NodeJS.Timeout | null = null;
  private passedOn = 0;
  private polling: Promise<void> = Promise.resolve();
  callId: CallId | null = null;

  constructor(
    redisUrl: string,
    tandemSecret: string,
    private readonly onEvent: (event: CallEvent) => void,
  ) {
    this.redis = connectRedis(redisUrl, 'command');
    this.store = new CallStore(this.redis, new Sealer(deriveKeys(tandemSecret.split(','), 'call-state')));
  }

  /** Follows the carrier's call from now on. */
  follow(carrierCallId: string): void {
    this.timer = setInterval(() => {
      this.polling = this.polling.then(() => this.poll(carrierCallId)).catch(() => undefined);
    }, POLL_MS);
  }

  /** Passes on the events that are left and disconnects from Redis. */
  async end(carrierCallId: string): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.polling;
    await this.poll(carrierCallId).catch(() => undefined);
    this.redis.disconnect();
  }

  private async poll(carrierCallId: string): Promise<void> {
    this.callId ??= await this.store.findByCarrierId(carrierCallId);
    if (!this.callId) return;
    const { events } = await this.store.events(this.callId);
    for (const event of events.slice(this.passedOn)) this.onEvent(event);
    this.passedOn = Math.max(this.passedOn, events.length);
  }
}
