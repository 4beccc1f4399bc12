import { Inject, Injectable, Logger } from '@nestjs/common';
import { openOutcome, openToolCall, Sealer } from '@tandem/call-state';
import {
  hasLateText,
  isSafeToRepeat,
  lateText,
  partyNumber,
  shownNumber,
  toolCallJobSchema,
  type CallEvent,
  type CallId,
  type TenantId,
  type ToolCallBody,
  type ToolCallJob,
  type ToolOutcome,
} from '@tandem/contracts';
import { AgentDirectory, MessageRepository } from '@tandem/database';
import { CALL_STATE_SEALER, CONFIG, queueToken, type ServiceConfig } from '@tandem/platform';
import type { Queue } from 'bullmq';
import type { EventOf } from '../event-of.ts';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { toolsAtWork, isTextAgreed } from './tools-at-work.ts';

/** Time after the end of its work for which a job is still awaited: its worker may have been lost. */
const GRACE_MS = 15_000;
/** Messages one call may send, as in crm-api. */
const MOST_IN_CALL = 5;

type Called = EventOf<'tool.called'>;

/** An outcome that came when nobody was on the line. */
interface Late {
  readonly called: Called;
  readonly body: ToolCallBody;
  readonly outcome: ToolOutcome;
}

export interface LateResultsOfCall {
  readonly results: readonly Late[];
  /** The outcomes as events, for the record of the call. */
  readonly events: readonly CallEvent[];
  /** Whether some tools are still at work. */
  readonly isAwaiting: boolean;
}

const NONE: LateResultsOfCall = { results: [], events: [], isAwaiting: false };

/**
 * Outcomes of tools that ended after their caller had hung up. They become part of the record, and are sent
 * by text message to a caller who agreed to that in the call.
 */
@Injectable()
export class LateResults {
  private readonly logger = new Logger(LateResults.name);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'post-call-worker'>, 'twilioAccountSid'>,
    @Inject(queueToken('tool-calls')) private readonly queue: Queue<ToolCallJob>,
    @Inject(CALL_STATE_SEALER) private readonly sealer: Sealer,
    private readonly directory: AgentDirectory,
    private readonly messages: MessageRepository,
    private readonly metrics: PostCallMetrics,
  ) {}

  /** @throws when Redis cannot be reached */
  async find(events: readonly CallEvent[]): Promise<LateResultsOfCall> {
    const results: Late[] = [];
    let isAwaiting = false;
    for (const called of toolsAtWork(events)) {
      const found = await this.resultOf(called);
      if (found === 'awaited') isAwaiting = true;
      else if (found) results.push(found);
    }
    const last = events.at(-1);
    if (!last || (results.length === 0 && !isAwaiting)) return NONE;
    return { results, isAwaiting, events: results.map((late) => eventOf(late, last)) };
  }

  /** Sends each result once, if the caller agreed and has not opted out. */
  async send(
    tenantId: TenantId,
    callId: CallId,
    events: readonly CallEvent[],
    { results }: LateResultsOfCall,
  ): Promise<void> {
    const isAgreed = isTextAgreed(events);
    for (const late of results) {
      const result = isAgreed ? await this.text(tenantId, callId, late) : 'not-agreed';
      this.metrics.lateResults.inc({ result });
      this.logger.log({ callId, tenantId, result }, 'tool ended after the call');
    }
  }

  private async text(tenantId: TenantId, callId: CallId, { called, body, outcome }: Late): Promise<string> {
    const { context, http } = body;
    const party = shownNumber(context.callerNumber);
    const from = partyNumber(context.dialledNumber);
    if (party === null || from === null) return 'no-number';
    if (this.config.twilioAccountSid === undefined) return 'not-set-up';
    const number = await this.directory.findByNumber(from);
    if (number?.tenant.id !== tenantId) return 'no-number';
    const text = lateText({
      tool: called.data.name,
      arguments: body.arguments,
      outcome,
      language: context.language,
      companyName: number.tenant.companyName,
      lateText: http?.tool.lateText,
    });
    if (text === null) return 'nothing-to-say';
    // The id of the tool call makes it one message, however often this runs.
    const { toolCallId } = called.data;
    const stored = await this.messages.store(
      { tenantId, callId, toolCallId, channel: 'sms', ownAddress: number.e164, party, body: text },
      MOST_IN_CALL,
    );
    return typeof stored === 'string' ? stored : 'texted';
  }

  private async resultOf(called: Called): Promise<Late | 'awaited' | null> {
    const job = await this.queue.getJob(called.data.toolCallId);
    const data = toolCallJobSchema.safeParse(job?.data);
    if (!job || !data.success) return null;
    const { toolCallId, callId } = data.data;
    const body = this.opened(callId, () => openToolCall(this.sealer, data.data));
    if (!body || !isChange(called.data.name, body)) return null;
    const state = await job.getState();
    if (state === 'failed') return null;
    if (state === 'completed') {
      const outcome = this.opened(callId, () => openOutcome(this.sealer, toolCallId, job.returnvalue));
      return outcome && { called, body, outcome };
    }
    const until = (data.data.workUntil ?? data.data.deadlineAt) + GRACE_MS;
    return Date.now() < until ? 'awaited' : null;
  }

  private opened<T>(callId: CallId, open: () => T): T | null {
    try {
      return open();
    } catch (error) {
      this.logger.error(
        { err: error, callId },
        'tool call unreadable: sealed with an unknown key, or malformed',
      );
      return null;
    }
  }
}

function isChange(name: string, { http, mcp }: ToolCallBody): boolean {
  if (http) return !isSafeToRepeat(http.tool);
  return mcp ? !mcp.tool.isSafeToRepeat : hasLateText(name);
}

function eventOf({ called, outcome }: Late, last: CallEvent): CallEvent {
  const { toolCallId, providerCallId, name, atMs } = called.data;
  const tookMs = Math.max(0, last.at - called.at);
  return {
    type: 'tool.finished-late',
    data: {
      toolCallId,
      providerCallId,
      name,
      outcome,
      tookMs,
      atMs: atMs + tookMs,
    },
    seq: last.seq,
    epoch: last.epoch,
    at: last.at,
  };
}
