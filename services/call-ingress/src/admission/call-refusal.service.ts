import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallRecordStore } from '@tandem/call-state';
import type { CallId, RefusalReason } from '@tandem/contracts';
import { CallRepository, type DialledNumber } from '@tandem/database';
import { farewellTwiml } from '@tandem/telephony';
import { IngressMetrics } from '../ingress-metrics.ts';
import type { VoiceForm } from '../twilio/twilio-forms.ts';
import { refusalSpoken } from './refusals.ts';

/** What is known of a call by the time it is turned away. */
export interface TurnedAway {
  readonly number: DialledNumber | null;
  /** BCP 47. */
  readonly language: string;
  readonly callerGroup: string | null;
}

/** Turns calls away in words, and writes them down. */
@Injectable()
export class CallRefusal {
  private readonly logger = new Logger(CallRefusal.name);

  constructor(
    @Inject(CallRecordStore) private readonly records: CallRecordStore,
    @Inject(CallRepository) private readonly calls: CallRepository,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /** The TwiML that says why. The same call asked about again gets the first answer. */
  async refuse(form: VoiceForm, reason: RefusalReason, { number, language, callerGroup }: TurnedAway): Promise<string> {
    const callId = randomUUID() as CallId;
    const tenantId = number?.tenant.id ?? null;
    const isAccess = reason === 'caller-blocked' || reason === 'caller-not-allowed';
    const own = isAccess ? number?.access.refusalText : '';
    const answer = await this.records.keepAnswer(form.CallSid, farewellTwiml(own ? { text: own, language } : refusalSpoken(reason, number?.tenant.companyName ?? '', language)));
    this.metrics.admissions.inc({ outcome: reason });
    this.logger.log({ callId, tenantId, reason }, 'call refused');
    await this.calls.recordRefusal({
      callId,
      tenantId,
      direction: 'inbound',
      channel: 'twilio',
      from: form.From,
      to: form.To,
      carrierCallId: form.CallSid,
      refusedAt: new Date(),
      reason,
      callerGroup,
    });
    return answer;
  }
}
