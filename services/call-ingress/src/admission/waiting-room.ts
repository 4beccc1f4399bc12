import { Inject, Injectable, Logger } from '@nestjs/common';
import { RelayRegistry, WaitingLine, type AdmissionRecord } from '@tandem/call-state';
import { ASK_AGAIN, askAgainTwiml, holdTwiml } from '@tandem/telephony';
import { IngressMetrics } from '../ingress-metrics.ts';
import { PublicBaseUrl } from '../public-base-url.ts';
import { CallbackTokens, type CallbackClaims } from '../twilio/callback-tokens.ts';
import { CallRefusal } from './call-refusal.service.ts';
import { identityOf } from './caller-identity.ts';
import { holdSpoken } from './refusals.ts';
import { freePlaces } from './relay-placement.ts';

/** A place that is free stands empty for half of this on average. */
const HOLD_S = 5;
const CALLBACK_KEY = '1';

/** Lets callers wait for room, in the order they came: they are told where they are in line, and may ask to be called back. */
@Injectable()
export class WaitingRoom {
  private readonly logger = new Logger(WaitingRoom.name);

  constructor(
    @Inject(WaitingLine) private readonly line: WaitingLine,
    @Inject(RelayRegistry) private readonly registry: Pick<RelayRegistry, 'sightings'>,
    @Inject(CallRefusal) private readonly refusals: CallRefusal,
    @Inject(CallbackTokens) private readonly callbacks: CallbackTokens,
    @Inject(PublicBaseUrl) private readonly base: Pick<PublicBaseUrl, 'value'>,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /** Whether there is room for this call beside everybody who came before it. */
  async isItsTurn({ agent, carrierCallId }: Pick<AdmissionRecord, 'agent' | 'carrierCallId'>): Promise<boolean> {
    if (agent.whenUnavailable === 'refuse') return true;
    const ahead = await this.line.ahead(agent.agentId, carrierCallId);
    return ahead === 0 || ahead < freePlaces(await this.registry.sightings());
  }

  /**
   * The TwiML that lets the caller wait and ask again; null when the agent lets nobody wait, or this caller has waited long
   * enough. @param told the position they were told last; undefined for a call that has just come
   */
  async hold(call: AdmissionRecord, told: number | undefined): Promise<string | null> {
    const { callId, tenantId, channel, from, to, carrierCallId, agent, caller, language } = call;
    const { companyName, queue } = agent;
    if (agent.whenUnavailable === 'refuse') return null;
    const { ahead, waitedMs } = await this.line.wait({ callId, tenantId, channel, from, to, carrierCallId, agentId: agent.agentId, companyName, language, callerGroup: caller.group });
    if (waitedMs >= queue.maxWaitMs) return null;
    if (told === undefined) {
      this.metrics.admissions.inc({ outcome: 'waiting' });
      this.logger.log({ callId, tenantId, ahead }, 'a caller waits');
    }
    const position = ahead + 1;
    const offersCallback = queue.offersCallback && identityOf(from).e164 !== null;
    return holdTwiml({
      spoken: position === told ? null : holdSpoken({ company: companyName, language, position, isFirstTime: !told, offersCallback }),
      holdS: HOLD_S,
      askAgainUrl: this.askAgainUrl(position),
      ...(offersCallback ? { keyUrl: await this.callbacks.url('waiting-key', { callId, tenantId, carrierCallId, epoch: 1 }) } : {}),
    });
  }

  /** The TwiML after a key. Nobody is promised a call that is not written down; any other key has everything said again. */
  async pressed({ carrierCallId }: CallbackClaims, digits: string | undefined): Promise<string> {
    if (digits !== CALLBACK_KEY) return askAgainTwiml(this.askAgainUrl(0));
    try {
      return (await this.refusals.callBack(carrierCallId)) ?? askAgainTwiml(this.askAgainUrl(0));
    } catch (error) {
      this.logger.error({ err: error }, 'a wish to be called back could not be written down: call state or database do not answer');
      return askAgainTwiml(this.askAgainUrl(0));
    }
  }

  /** It waits no longer: a relay takes it. Never throws; a place nobody asks about lapses by itself. */
  async admitted(carrierCallId: string): Promise<void> {
    try {
      const waiting = await this.line.waiting(carrierCallId);
      if (!waiting) return;
      this.metrics.queueWait.observe(Math.max(0, Date.now() - waiting.since.getTime()) / 1000);
      await this.line.leave(waiting.call);
    } catch (error) {
      this.logger.warn({ err: error }, 'the place of an admitted call in line could not be given up: it lapses within a minute');
    }
  }

  private askAgainUrl(told: number): string {
    return `${this.base.value}/twilio/voice?told=${told}${ASK_AGAIN}`;
  }
}
