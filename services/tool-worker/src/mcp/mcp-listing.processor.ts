import { Processor } from '@nestjs/bullmq';
import { Inject, Logger } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import {
  mcpListingBodySchema,
  mcpListingJobSchema,
  type McpListing,
  type McpListingBody,
} from '@tandem/contracts';
import { CALL_STATE_SEALER, Metrics, Readiness, RestingProcessor, workerSettings } from '@tandem/platform';
import { UnrecoverableError, type Job } from 'bullmq';
import { failureOf } from './mcp-failure.ts';
import { McpSessions } from './mcp-sessions.ts';

/** Time a server has to tell its tools. */
const LISTING_MS = 8_000;
/** Names told of a server's tools. */
const MOST_NAMES = 100;

/** Asks servers for their tools while an agent is published. */
@Processor('mcp-listings', workerSettings('mcp-listings'))
export class McpListingProcessor extends RestingProcessor {
  protected readonly logger = new Logger(McpListingProcessor.name);

  constructor(
    @Inject(CALL_STATE_SEALER) private readonly sealer: Sealer,
    private readonly sessions: McpSessions,
    readiness: Readiness,
    metrics: Metrics,
  ) {
    super('mcp-listings', readiness, metrics);
  }

  protected override async work(job: Job<unknown>): Promise<{ readonly sealed: string }> {
    const place = `mcp-listing:${job.id ?? ''}`;
    const listing = await this.list(this.read(job.data, place));
    return { sealed: this.sealer.seal(listing, place) };
  }

  private read(data: unknown, place: string): McpListingBody {
    const job = mcpListingJobSchema.safeParse(data);
    const body = job.success
      ? mcpListingBodySchema.safeParse(this.sealer.open(job.data.sealed, place))
      : null;
    if (!body?.success || body.data.tenantId !== job.data?.tenantId)
      throw new UnrecoverableError('The job is no listing, or was put in by a version that does not fit.');
    return body.data;
  }

  private async list({ tenantId, server, secrets, wanted }: McpListingBody): Promise<McpListing> {
    const { signal } = new AbortController();
    const limits = { timeoutMs: LISTING_MS, signal };
    try {
      const session = await this.sessions.fresh(tenantId, { server, secrets }, limits);
      try {
        const tools = await session.list(limits);
        return {
          kind: 'listed',
          tools: wanted.flatMap((name) => tools.get(name) ?? []),
          names: [...tools.keys()].slice(0, MOST_NAMES),
        };
      } finally {
        void session.close();
      }
    } catch (error) {
      const failure = failureOf(error, { wasSent: false, signal });
      const code = failure.kind === 'failure' ? failure.code : 'protocol-fault';
      this.logger.warn({ tenantId, server: server.name, code }, 'tools of a server not listed');
      return { kind: 'failed', code };
    }
  }
}
