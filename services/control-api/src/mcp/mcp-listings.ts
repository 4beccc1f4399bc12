import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { connectRedis, Sealer } from '@tandem/call-state';
import {
  mcpListingSchema,
  type McpListing,
  type McpListingBody,
  type McpListingJob,
} from '@tandem/contracts';
import { CALL_STATE_SEALER, CONFIG, jobDefaults, QUEUE_PREFIX, type ServiceConfig } from '@tandem/platform';
import { Queue } from 'bullmq';

const QUEUE = 'mcp-listings';
/** Longer than a worker gives a server, so that its answer comes in time. */
const PATIENCE_MS = 12_000;
const POLL_MS = 100;

/** Asks servers for their tools, through tool-worker: control-api itself sends nothing to them. */
@Injectable()
export class McpListings implements OnApplicationShutdown {
  private opened: { readonly queue: Queue<McpListingJob>; close(): Promise<void> } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'control-api'>,
    @Inject(CALL_STATE_SEALER) private readonly sealer: Sealer,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.opened?.close();
  }

  /** Returns the tools; a failure `no-worker` when no worker has looked in time. */
  async list(body: McpListingBody): Promise<McpListing> {
    const { queue } = (this.opened ??= this.open());
    const jobId = randomUUID();
    const place = `mcp-listing:${jobId}`;
    const sealed = this.sealer.seal(body, place);
    const until = Date.now() + PATIENCE_MS;
    try {
      await queue.add('listing', { tenantId: body.tenantId, sealed }, { jobId });
      while (Date.now() < until) {
        await sleep(POLL_MS);
        const job = await queue.getJob(jobId);
        const state = await job?.getState();
        if (state === 'failed') return { kind: 'failed', code: 'listing-failed' };
        if (state === 'completed') return this.read(job?.returnvalue, place);
      }
      await queue.remove(jobId);
    } catch {
      return { kind: 'failed', code: 'queue-unavailable' };
    }
    return { kind: 'failed', code: 'no-worker' };
  }

  private read(returned: unknown, place: string): McpListing {
    const { sealed } = (returned ?? {}) as { readonly sealed?: unknown };
    return mcpListingSchema.parse(this.sealer.open(String(sealed), place));
  }

  /** Opened with the first publication that needs it: most agents have no servers. */
  private open() {
    const connection = connectRedis(this.config.redisUrl, 'producer');
    const queue = new Queue<McpListingJob>(QUEUE, {
      connection,
      prefix: QUEUE_PREFIX,
      defaultJobOptions: jobDefaults(QUEUE),
    });
    queue.on('error', () => undefined);
    return {
      queue,
      close: async () => {
        await queue.close();
        connection.disconnect();
      },
    };
  }
}
