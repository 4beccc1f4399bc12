import type { RelayId, ToolCallId, ToolOutcome } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import { isReadOnlyReply } from '../redis/redis-fault.ts';
import type { Sealer } from '../redis/sealer.ts';
import { messageSchema, type RelayMessage, type RelayCommand } from './relay-message.ts';

/** The most messages kept for a relay that is slow or has ended. */
const MAX_LENGTH = 10_000;
const INBOX_TTL_S = 3600;
const BLOCK_MS = 5_000;
const BATCH = 200;
const RETRY_MS = 500;

/** Puts messages into relays' inboxes. */
export class RelayInboxWriter {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
  ) {}

  toolResult(
    relayId: RelayId,
    callId: RelayMessage['callId'],
    toolCallId: ToolCallId,
    outcome: ToolOutcome,
  ): Promise<void> {
    return this.put(relayId, { kind: 'tool-result', callId, toolCallId, outcome });
  }

  command(relayId: RelayId, command: RelayCommand): Promise<void> {
    return this.put(relayId, command);
  }

  private async put(relayId: RelayId, message: RelayMessage): Promise<void> {
    const key = keys.relayInbox(relayId);
    await this.redis
      .multi()
      .xadd(key, 'MAXLEN', '~', MAX_LENGTH, '*', 'p', this.sealer.seal(message, `inbox:${relayId}`))
      .expire(key, INBOX_TTL_S)
      .exec();
  }
}

/**
 * Reads a relay's inbox with one blocking read per process, on a connection of its own, instead of a listener
 * per waiting call. Starts at the present: messages for an earlier process of the same name are skipped.
 */
export class RelayInboxReader {
  private isStopped = false;
  private lastId = '$';
  private keptAt = Number.NEGATIVE_INFINITY;
  private running: Promise<void> = Promise.resolve();
  unreadable = 0;

  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
    private readonly relayId: RelayId,
    private readonly onMessage: (message: RelayMessage) => void,
  ) {}

  /**
   * Resolves when reading has begun, so that no reply sent from then on is missed; waits while Redis is away.
   */
  start(): Promise<void> {
    const begun = this.begin();
    this.running = begun.then(() => this.read());
    return begun;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const isConnected = this.redis.status === 'ready';
    this.redis.disconnect();
    // Between two connections the client settles no promises.
    if (isConnected) await this.running;
  }

  private async begin(): Promise<void> {
    while (!this.isStopped) {
      try {
        const [last] = await this.redis.xrevrange(keys.relayInbox(this.relayId), '+', '-', 'COUNT', 1);
        this.lastId = last?.[0] ?? '0-0';
        return;
      } catch {
        await this.rest();
      }
    }
  }

  private async read(): Promise<void> {
    while (!this.isStopped) {
      try {
        await this.keep();
        const reply = await this.redis.xread(
          'COUNT',
          BATCH,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          keys.relayInbox(this.relayId),
          this.lastId,
        );
        for (const [, entries] of reply ?? []) for (const [id, fields] of entries) this.take(id, fields);
      } catch {
        await this.rest();
      }
    }
  }

  private async rest(): Promise<void> {
    if (!this.isStopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  /**
   * Writes now and then: a server that has become a replica answers reads for ever, with nothing new, but
   * refuses a write.
   */
  private async keep(): Promise<void> {
    if (performance.now() - this.keptAt < BLOCK_MS) return;
    try {
      await this.redis.expire(keys.relayInbox(this.relayId), INBOX_TTL_S);
    } catch (error) {
      if (error instanceof Error && isReadOnlyReply(error)) throw error;
    }
    this.keptAt = performance.now();
  }

  private take(id: string, fields: string[]): void {
    this.lastId = id;
    let message: unknown;
    try {
      message = this.sealer.open(fields[1] ?? '', `inbox:${this.relayId}`);
    } catch {
      this.unreadable += 1;
      return;
    }
    const parsed = messageSchema.safeParse(message);
    if (parsed.success) this.onMessage(parsed.data);
    else this.unreadable += 1;
  }
}
