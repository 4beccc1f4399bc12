import { connectRedis } from '@tandem/call-state';
import type { RunningPlatform } from '@tandem/commands/platform';

const QUEUE = 'tandem:queue:tool-calls';

/** A completed tool call, as its queue records it. Times are Unix time in ms. */
interface DoneJob {
  readonly toolCallId: string;
  /** Number of times it lost its worker. */
  readonly lost: number;
  /** Start of its last run. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Reads the queue of tool calls. */
export class ToolJobs {
  private readonly redis;

  constructor(platform: RunningPlatform) {
    this.redis = connectRedis(platform.stack.redis.url, 'command');
  }

  atWork(): Promise<number> {
    return this.redis.llen(`${QUEUE}:active`);
  }

  /** Includes jobs that wait, also for another attempt. */
  async notDone(): Promise<number> {
    const [active, waiting, delayed] = await Promise.all([
      this.redis.llen(`${QUEUE}:active`),
      this.redis.llen(`${QUEUE}:wait`),
      this.redis.zcard(`${QUEUE}:delayed`),
    ]);
    return active + waiting + delayed;
  }

  /** Returns the jobs that ended since then. */
  async doneSince(at: number): Promise<DoneJob[]> {
    const ids = [
      ...(await this.redis.zrangebyscore(`${QUEUE}:completed`, at, '+inf')),
      ...(await this.redis.zrangebyscore(`${QUEUE}:failed`, at, '+inf')),
    ];
    return Promise.all(
      ids.map(async (toolCallId) => {
        const [lost, startedAt, finishedAt] = await this.redis.hmget(
          `${QUEUE}:${toolCallId}`,
          'stc',
          'processedOn',
          'finishedOn',
        );
        return {
          toolCallId,
          lost: Number(lost ?? 0),
          startedAt: Number(startedAt),
          finishedAt: Number(finishedAt),
        };
      }),
    );
  }

  close(): void {
    this.redis.disconnect();
  }
}
