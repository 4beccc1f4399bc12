import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallRecordStore, WaitingLine, type Place, type WaitingCall } from '@tandem/call-state';
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

/**
 * Turns calls away in words, and writes down those that never come to a relay. One that waited is written under the id it
 * waits with, so that whoever notices first does it, and the others change nothing.
 */
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
    const waiting = await this.line.waiting(form.CallSid);
    if (waiting) await this.line.become(form.CallSid, reason);
    const answer = await this.records.keepAnswer(form.CallSid, farewellTwiml(spokenTo(reason, number, language)));
    const call = waiting?.call ?? { callId: randomUUID() as CallId, tenantId: number?.tenant.id ?? null, channel: 'twilio', from: form.From, to: form.To, carrierCallId: form.CallSid, language, callerGroup };
    if (waiting) await this.line.leave(waiting.call);
    await this.writeDown(call, reason, waiting?.since);
    if (waiting) await this.line.settle(waiting.call);
    return answer;
  }

  /**
   * The TwiML that promises a call to whoever waits; null when they never waited, or something else has come of it. The wish
   * stands from here on, whoever writes it down. @throws when it could not be written down yet
   */
  async callBack(carrierCallId: string): Promise<string | null> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return null;
    const { call, since } = waiting;
    await this.line.become(carrierCallId, 'callback-requested');
    if ((await this.writeDown(call, 'callback-requested', since)) !== 'callback-requested') return null;
    const answer = await this.records.keepAnswer(carrierCallId, farewellTwiml(refusalSpoken('callback-requested', call.companyName, call.language)));
    await this.line.settle(call);
    return answer;
  }

  /** The carrier has no such call any more; had it waited, and nothing come of it, it has given up. */
  async hungUp(carrierCallId: string): Promise<void> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return;
    const { call, since, becomes } = waiting;
    await this.line.leave(call);
    await this.writeDown(call, becomes ?? 'abandoned', since);
    await this.line.settle(call);
  }

  /** The carrier asks no more about a call that waited. */
  async lapsed(place: Place): Promise<void> {
    await this.line.leave(place);
    if (await this.line.giveUp(place)) await this.hungUp(place.carrierCallId);
    await this.line.settle(place);
  }

  /** Answers the reason that stands; null for a call that was admitted. */
  private async writeDown({ callId, tenantId, channel, from, to, carrierCallId, language, callerGroup }: NeverAdmitted, reason: RefusalReason, since?: Date): Promise<RefusalReason | null> {
    const refusedAt = new Date();
    const standing = await this.calls.recordRefusal({ callId, tenantId, direction: 'inbound', channel, from, to, carrierCallId, rangAt: since ?? refusedAt, refusedAt, reason, language, callerGroup });
    if (standing.isNew) {
      this.metrics.admissions.inc({ outcome: reason });
      this.logger.log({ callId, tenantId, reason }, 'call never admitted');
    }
    return standing.reason;
  }
}

/** A number has its own words for those it does not let in. */
function spokenTo(reason: SpokenReason, number: DialledNumber | null, language: string): Spoken {
  const isAccess = reason === 'caller-blocked' || reason === 'caller-not-allowed';
  const own = isAccess ? number?.access.refusalText : '';
  return own ? { text: own, language } : refusalSpoken(reason, number?.tenant.companyName ?? '', language);
}
