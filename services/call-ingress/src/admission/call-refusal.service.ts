import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallRecordStore, WaitingLine, type WaitingCall } from '@tandem/call-state';
import type { CallId, RefusalReason } from '@tandem/contracts';
import { CallRepository, type DialledNumber } from '@tandem/database';
import { farewellTwiml, type Spoken } from '@tandem/telephony';
import { IngressMetrics } from '../ingress-metrics.ts';
import type { VoiceForm } from '../twilio/twilio-forms.ts';
import { refusalSpoken, type SpokenReason } from './refusals.ts';

/** What is known of a call by the time it is turned away. */
export interface TurnedAway {
  readonly number: DialledNumber | null;
  /** BCP 47. */
  readonly language: string;
  readonly callerGroup: string | null;
}

type NeverAdmitted = Omit<WaitingCall, 'tenantId' | 'agentId' | 'companyName'> & { readonly tenantId: WaitingCall['tenantId'] | null };

/** Turns calls away in words, and writes down those that never come to a relay. */
@Injectable()
export class CallRefusal {
  private readonly logger = new Logger(CallRefusal.name);

  constructor(
    @Inject(CallRecordStore) private readonly records: CallRecordStore,
    @Inject(CallRepository) private readonly calls: CallRepository,
    @Inject(WaitingLine) private readonly line: WaitingLine,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /** The TwiML that says why. The same call asked about again gets the first answer. */
  async refuse(form: VoiceForm, reason: SpokenReason, { number, language, callerGroup }: TurnedAway): Promise<string> {
    const answer = await this.records.keepAnswer(form.CallSid, farewellTwiml(spokenTo(reason, number, language)));
    const waiting = await this.line.waiting(form.CallSid);
    const call = waiting?.call ?? { callId: randomUUID() as CallId, tenantId: number?.tenant.id ?? null, channel: 'twilio', from: form.From, to: form.To, carrierCallId: form.CallSid, language, callerGroup };
    await this.writeDown(call, reason, waiting?.since);
    if (waiting) await this.line.leave(waiting.call);
    return answer;
  }

  /** The TwiML that promises a call to whoever waits; null when they never waited. @throws when it could not be written down */
  async callBack(carrierCallId: string): Promise<string | null> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return null;
    const { call, since } = waiting;
    await this.writeDown(call, 'callback-requested', since);
    const answer = await this.records.keepAnswer(carrierCallId, farewellTwiml(refusalSpoken('callback-requested', call.companyName, call.language)));
    await this.line.leave(call);
    return answer;
  }

  /** The carrier has no such call any more; had it waited, and nothing come of it, it has given up. */
  async hungUp(carrierCallId: string): Promise<void> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return;
    await this.writeDown(waiting.call, 'abandoned', waiting.since);
    await this.line.leave(waiting.call);
  }

  private async writeDown({ callId, tenantId, channel, from, to, carrierCallId, language, callerGroup }: NeverAdmitted, reason: RefusalReason, since?: Date): Promise<void> {
    const refusedAt = new Date();
    const isFirst = await this.calls.recordRefusal({ callId, tenantId, direction: 'inbound', channel, from, to, carrierCallId, rangAt: since ?? refusedAt, refusedAt, reason, language, callerGroup });
    if (!isFirst) return;
    this.metrics.admissions.inc({ outcome: reason });
    this.logger.log({ callId, tenantId, reason }, 'call never admitted');
  }
}

/** A number has its own words for those it does not let in. */
function spokenTo(reason: SpokenReason, number: DialledNumber | null, language: string): Spoken {
  const isAccess = reason === 'caller-blocked' || reason === 'caller-not-allowed';
  const own = isAccess ? number?.access.refusalText : '';
  return own ? { text: own, language } : refusalSpoken(reason, number?.tenant.companyName ?? '', language);
}
