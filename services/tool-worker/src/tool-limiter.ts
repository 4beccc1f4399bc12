import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ToolUses, type ToolUse } from '@tandem/call-state';
import {
  localDate,
  shownNumber,
  type ToolCallBody,
  type ToolCallContext,
  type ToolCallJob,
  type ToolOutcome,
} from '@tandem/contracts';
import { CONFIG, deriveKeys, type ServiceConfig } from '@tandem/platform';
import { TOOL_HANDLERS } from '@tandem/tools/handlers';
import { ToolWorkerMetrics } from './tool-worker-metrics.ts';

const CALLERS_PURPOSE = 'tool-callers';
const ID_LENGTH = 22;

/** Whose uses are counted together. */
type Scope = 'call' | 'caller-day' | 'day';

/** One limit of a tool call: by count, or by the value of this use. */
interface Cap {
  readonly scope: Scope;
  readonly most: number;
  /** Null for a limit by count. */
  readonly amount: number | null;
}

type Limited = Pick<ToolCallBody, 'limits' | 'context' | 'arguments'>;

const REASONS: Readonly<Record<Scope, { readonly reason: string; readonly where: string }>> = {
  call: { reason: 'call-limit-reached', where: 'in this call' },
  'caller-day': { reason: 'day-limit-reached', where: 'for this caller today' },
  day: { reason: 'business-limit-reached', where: 'for all callers today' },
};

/** Keeps tools to the limits of their agent's policy, whatever the model wants. */
@Injectable()
export class ToolLimiter {
  private readonly key: Uint8Array;

  constructor(
    @Inject(CONFIG) { secrets }: Pick<ServiceConfig<'tool-worker'>, 'secrets'>,
    private readonly uses: ToolUses,
    private readonly metrics: ToolWorkerMetrics,
  ) {
    this.key = deriveKeys(secrets, CALLERS_PURPOSE)[0].key;
  }

  /**
   * Counts the call. Returns the refusal of one beyond a limit, which is not counted, else null.
   * @throws when Redis cannot be reached
   */
  async refusalOf(
    { toolCallId, name }: Pick<ToolCallJob, 'toolCallId' | 'name'>,
    call: Limited,
  ): Promise<ToolOutcome | null> {
    const tooMuch = tooMuchAtOnce(call);
    if (tooMuch) return this.refuse(name, 'use', tooMuch);
    const taken: ToolUse[] = [];
    for (const cap of capsOf(call)) {
      const use = { toolCallId, tool: name, ...this.countOf(cap.scope, call.context) };
      const isAllowed =
        cap.amount === null
          ? await this.uses.take(use, cap.most)
          : await this.uses.takeAmount(use, cap.amount, cap.most);
      if (isAllowed) taken.push(use);
      else {
        for (const earlier of taken) await this.uses.giveBack(earlier);
        return this.refuse(name, cap.scope, refusalOf(cap));
      }
    }
    return null;
  }

  /** Takes back a use that only named what the caller must be asked. */
  async giveBack(
    { toolCallId, name }: Pick<ToolCallJob, 'toolCallId' | 'name'>,
    call: Limited,
  ): Promise<void> {
    for (const { scope } of capsOf(call))
      await this.uses.giveBack({ toolCallId, tool: name, ...this.countOf(scope, call.context) });
  }

  private refuse(name: string, limit: Scope | 'use', refusal: ToolOutcome): ToolOutcome {
    // Names of agents' own tools are as many as agents want.
    this.metrics.limited.inc({ tool: Object.hasOwn(TOOL_HANDLERS, name) ? name : 'other', limit });
    return refusal;
  }

  private countOf(scope: Scope, context: ToolCallContext): Pick<ToolUse, 'who' | 'period'> {
    if (scope === 'call') return { who: context.callId, period: 'call' };
    const period = localDate(new Date(), context.timeZone);
    return { who: scope === 'day' ? context.tenantId : this.callerId(context), period };
  }

  /** Returns an id of the caller that does not tell their number; that of the call for one without number. */
  private callerId({ tenantId, callerNumber, callId }: ToolCallContext): string {
    const number = shownNumber(callerNumber);
    if (number === null) return callId;
    return createHmac('sha256', this.key)
      .update(`${tenantId} ${number}`)
      .digest('base64url')
      .slice(0, ID_LENGTH);
  }
}

function capsOf(call: Limited): Cap[] {
  const { limits = {} } = call;
  const amount = amountOf(call);
  const caps: readonly [Scope, number | undefined, number | null][] = [
    ['call', limits.maxPerCall, null],
    ['caller-day', limits.maxPerCallerPerDay, null],
    ['day', limits.maxPerDay, null],
    ['call', limits.value?.maxPerCall, amount],
    ['caller-day', limits.value?.maxPerCallerPerDay, amount],
    ['day', limits.value?.maxPerDay, amount],
  ];
  return caps.flatMap(([scope, most, by]) => (most === undefined ? [] : [{ scope, most, amount: by }]));
}

/** Returns the value of a use: 0 for an argument that is absent, no number for one that is none. */
function amountOf({ limits, arguments: input }: Limited): number {
  if (!limits?.value) return 0;
  const value =
    typeof input === 'object' && input !== null && !Array.isArray(input)
      ? input[limits.value.argument]
      : undefined;
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}

/** Returns the refusal of a value no use may have; a negative one would make room for others. */
function tooMuchAtOnce(call: Limited): ToolOutcome | null {
  const value = call.limits?.value;
  if (!value) return null;
  const amount = amountOf(call);
  if (!(amount >= 0))
    return refused(
      'value-limit-reached',
      `${value.argument} must be a number of 0 or more. Nothing was done.`,
    );
  if (value.max === undefined || amount <= value.max) return null;
  return refused(
    'value-limit-reached',
    `${value.argument} may be ${value.max} at most. Nothing was done. Tell the caller so; a colleague can ` +
      'decide about more.',
  );
}

function refusalOf({ scope, amount, most }: Cap): ToolOutcome {
  const { reason, where } = REASONS[scope];
  return amount === null
    ? refused(
        reason,
        `This tool has been used as often as it may be ${where}. Do not call it again; offer another way.`,
      )
    : refused(
        'value-limit-reached',
        `Together this would be more than ${most}, which is the most ${where}. Nothing was done. Offer ` +
          'less, or that a colleague decides.',
      );
}

const refused = (reason: string, detail: string): ToolOutcome => ({ status: 'refused', reason, detail });
