import { Processor } from '@nestjs/bullmq';
import { Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { keptOutcome, openToolCall, Sealer, type SealedOutcome } from '@tandem/call-state';
import {
  mcpToolName,
  toolCallJobSchema,
  type ToolCallBody,
  type ToolCallJob,
  type ToolOutcome,
} from '@tandem/contracts';
import {
  ATTRIBUTES,
  CALL_STATE_SEALER,
  CONFIG,
  Metrics,
  Readiness,
  RestingProcessor,
  startSpan,
  TenantShare,
  workerSettings,
  type ServiceConfig,
} from '@tandem/platform';
import { CrmClient, TOOL_HANDLERS, type ToolHandler } from '@tandem/tools/handlers';
import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import { HttpToolRunner } from './http-tool-runner.ts';
import { McpToolRunner } from './mcp/mcp-tool-runner.ts';
import { ToolLimiter } from './tool-limiter.ts';
import { validateOutcome } from './tool-outcome.ts';
import { ToolReplyPublisher } from './tool-reply.publisher.ts';
import { ToolWorkerMetrics } from './tool-worker-metrics.ts';
import { WebSearchService } from './web-search.service.ts';

/** Time a tool call of a tenant with many at work waits before it asks for a place again. */
const NO_PLACE_PAUSE_MS = 250;

/** Runs one tool call: opens the job, runs the handler with the time left, publishes the outcome. */
@Processor('tool-calls', workerSettings('tool-calls'))
export class ToolCallProcessor extends RestingProcessor implements OnApplicationBootstrap {
  protected readonly logger = new Logger(ToolCallProcessor.name);
  private readonly stopping = new AbortController();
  private readonly share: TenantShare;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'tool-worker'>,
    @Inject(CALL_STATE_SEALER) private readonly sealer: Sealer,
    private readonly crm: CrmClient,
    private readonly replies: ToolReplyPublisher,
    private readonly metrics: ToolWorkerMetrics,
    private readonly httpTools: HttpToolRunner,
    private readonly mcpTools: McpToolRunner,
    private readonly limiter: ToolLimiter,
    private readonly web: WebSearchService,
    readiness: Readiness,
    processMetrics: Metrics,
  ) {
    super('tool-calls', readiness, processMetrics);
    this.share = new TenantShare(config.toolConcurrency);
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.config.toolConcurrency;
    this.worker.on('failed', (job, error) =>
      this.logger.warn(
        {
          err: error,
          callId: (job?.data as { callId?: string } | undefined)?.callId,
          attempt: job?.attemptsMade,
        },
        'tool job failed; trying again',
      ),
    );
    this.worker.on('stalled', () => this.metrics.stalled.inc());
  }

  /** Waits for running jobs before their handlers are aborted. */
  override async beforeApplicationShutdown(): Promise<void> {
    await super.beforeApplicationShutdown();
    this.stopping.abort();
  }

  protected override async work(job: Job<unknown>, token?: string): Promise<SealedOutcome | ToolOutcome> {
    const parsed = toolCallJobSchema.safeParse(job.data);
    if (!parsed.success)
      throw new UnrecoverableError(
        'The job is not a tool call. It was put in by something else, or by a version that does not fit.',
      );
    const call = parsed.data;
    if (!this.share.take(call.tenantId, Date.now())) {
      this.metrics.deferred.inc();
      await job.moveToDelayed(Date.now() + NO_PLACE_PAUSE_MS, token);
      throw new DelayedError('The tenant has its share of places.');
    }
    try {
      return keptOutcome(this.sealer, call, await this.carryOut(call));
    } finally {
      this.share.give(call.tenantId);
    }
  }

  private async carryOut(call: ToolCallJob): Promise<ToolOutcome> {
    const startedAt = performance.now();
    const span = startSpan(
      'tool call',
      { attributes: { [ATTRIBUTES.callId]: call.callId, [ATTRIBUTES.toolName]: call.name } },
      call.traceparent,
    );
    const { outcome, problem } = validateOutcome(await this.run(call));
    if (problem)
      this.logger.error(
        { callId: call.callId, tool: call.name, problem },
        'tool handler returned an invalid outcome or change',
      );
    span.setAttribute(ATTRIBUTES.toolOutcome, outcome.status).end();
    // Names of agents' own tools are as many as agents want.
    const tool = Object.hasOwn(TOOL_HANDLERS, call.name) ? call.name : 'other';
    this.metrics.ran.inc({ tool, status: outcome.status });
    const ms = performance.now() - startedAt;
    this.metrics.duration.observe({ tool }, ms / 1000);
    await this.replies.publish(call, outcome);
    this.logger.log(
      {
        callId: call.callId,
        tenantId: call.tenantId,
        tool: call.name,
        status: outcome.status,
        ms: Math.round(ms),
      },
      'tool call done',
    );
    return outcome;
  }

  private async run(call: ToolCallJob): Promise<ToolOutcome> {
    const body = this.open(call);
    if (!body) return { status: 'failed', code: 'unreadable-job', retryable: false };
    const handler = this.handlerOf(call, body);
    if (!handler) return { status: 'failed', code: 'no-handler', retryable: false };
    const refusal = await this.refusalOf(call, body);
    if (refusal) return refusal;
    const outcome = await handler(body.arguments, {
      ...body.context,
      toolCallId: call.toolCallId,
      signal: this.stopping.signal,
      remainingMs: () => (call.workUntil ?? call.deadlineAt) - Date.now(),
      crm: this.crm,
      web: this.web,
      webHosts: body.web,
      onFault: (error) =>
        this.logger.error({ err: error, callId: call.callId, tool: call.name }, 'tool handler failed'),
    });
    // A use that stays counted where Redis is away is no more than one too many.
    if (outcome.status === 'refused' && outcome.confirms)
      await this.limiter.giveBack(call, body).catch(() => undefined);
    return outcome;
  }

  private handlerOf({ name }: ToolCallJob, { http, mcp }: ToolCallBody): ToolHandler | undefined {
    if (mcp && mcpToolName(mcp.server, mcp.tool) === name)
      return (input, context) => this.mcpTools.run(mcp, input, context);
    if (http?.tool.name === name) return (input, context) => this.httpTools.run(http, input, context);
    return Object.hasOwn(TOOL_HANDLERS, name) ? TOOL_HANDLERS[name] : undefined;
  }

  private async refusalOf(call: ToolCallJob, body: ToolCallBody): Promise<ToolOutcome | null> {
    try {
      return await this.limiter.refusalOf(call, body);
    } catch (error) {
      this.logger.error({ err: error, callId: call.callId, tool: call.name }, 'tool use not counted');
      return { status: 'failed', code: 'limits-unavailable', retryable: true };
    }
  }

  private open(call: ToolCallJob): ToolCallBody | null {
    try {
      const body = openToolCall(this.sealer, call);
      // The sealed context repeats tenant and call: a job whose two do not agree was tampered with.
      return body.context.tenantId === call.tenantId && body.context.callId === call.callId ? body : null;
    } catch (error) {
      this.logger.error(
        { err: error, callId: call.callId, tool: call.name },
        'tool call unreadable: sealed with an unknown key, or malformed',
      );
      return null;
    }
  }
}
