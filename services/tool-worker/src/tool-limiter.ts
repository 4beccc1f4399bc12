import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ToolUses } from '@tandem/call-state';
import {
  localDate,
  shownNumber,
  type ToolCallBody,
  type ToolCallContext,
  type ToolCallJob,
  type ToolOutcome,
} from '@tandem/contracts';
import { CONFIG, deriveKeys, type ServiceConfig } from '@tandem/platform';

const CALLERS_PURPOSE = 'tool-callers';
const ID_LENGTH = 22;

/** Keeps tools to the limits of their agent's policy, whatever the model wants. */
@Injectable()
export class ToolLimiter {
  private readonly key: Uint8Array;

  constructor(
    @Inject(CONFIG) { secrets }: Pick<ServiceConfig<'tool-worker'>, 'secrets'>,
    private readonly uses: ToolUses,
  ) {
    this.key = deriveKeys(secrets, CALLERS_PURPOSE)[0].key;
  }

  /**
   * Counts the call. Returns the refusal of one beyond a limit, else null.
   * @throws when Redis cannot be reached
   */
  async refusalOf(
    { toolCallId, name }: Pick<ToolCallJob, 'toolCallId' | 'name'>,
    { limits, context }: Pick<ToolCallBody, 'limits' | 'context'>,
  ): Promise<ToolOutcome | null> {
    const { maxPerCall, maxPerCallerPerDay } = limits ?? {};
    const use = { toolCallId, tool: name };
    if (maxPerCall !== undefined) {
      const inCall = { ...use, who: context.callId, period: 'call' };
      if (!(await this.uses.take(inCall, maxPerCall))) return refusal('call-limit-reached', 'in this call');
    }
    if (maxPerCallerPerDay !== undefined) {
      const today = { ...use, who: this.callerId(context), period: localDate(new Date(), context.timeZone) };
      if (!(await this.uses.take(today, maxPerCallerPerDay)))
        return refusal('day-limit-reached', 'for this caller today');
    }
    return null;
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

const refusal = (reason: string, where: string): ToolOutcome => ({
  status: 'refused',
  reason,
  detail: `This tool has been used as often as it may be ${where}. Do not call it again; offer another way.`,
});
