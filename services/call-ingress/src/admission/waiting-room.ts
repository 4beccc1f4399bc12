import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  RelayRegistry,
  WaitingLine,
  type AdmissionRecord,
  type Waiting,
  type WaitingCall,
} from '@tandem/call-state';
import type { AgentSnapshot } from '@tandem/contracts';
import { ASK_AGAIN, askAgainTwiml, farewellTwiml, hangupTwiml, holdTwiml } from '@tandem/telephony';
import { z } from 'zod';
import { IngressMetrics } from '../ingress-metrics.ts';
import { PublicBaseUrl } from '../public-base-url.ts';
import { CallbackTokens, type CallbackClaims } from '../twilio/callback-tokens.ts';
import { withTimeout } from '../with-timeout.ts';
import { CallRefusal } from './call-refusal.service.ts';
import { identityOf } from './caller-identity.ts';
import { holdMessage, oneMomentMessage, refusalMessage } from './refusals.ts';
import { freePlaces } from './relay-placement.ts';

/** A place that is free stands empty for half of this on average. */
const HOLD_S = 5;
/** So often nothing is said; a line that is silent for longer is taken for dead. */
const MAX_SILENT_HOLDS = 5;
/**
 * So often a caller is let wait whom nobody can look after: two minutes of pauses and of questions that are
 * answered late.
 */
const MAX_UNVERIFIED_HOLDS = 15;
const TOUCH_MS = 500;
const CALLBACK_KEY = '1';
/** Well before the carrier asks again. */
const WISH_MS = 2_500;

/** In the address a caller who waits is asked about again; the carrier signs it. */
export const holdProgressSchema = z.object({
  /**
   * The position they were told last; 0 to be told everything again; absent for a call that has just come.
   */
  told: z.coerce.number().int().min(0).max(1_000_000).optional(),
  /** How often nothing has been said since. */
  silent: z.coerce.number().int().min(0).max(100).default(0),
  /** How often in a row they were let wait without being looked up. */
  blind: z.coerce.number().int().min(0).max(100).default(0),
});
export type HoldProgress = z.infer<typeof holdProgressSchema>;

/**
 * Lets callers wait for room, in the order they came: they are told where they are in line, and may ask to be
 * called back.
 */
@Injectable()
export class WaitingRoom {
  private readonly logger = new Logger(WaitingRoom.name);

  constructor(
    @Inject(WaitingLine) private readonly line: WaitingLine,
    @Inject(RelayRegistry) private readonly registry: Pick<RelayRegistry, 'listRelays'>,
    @Inject(CallRefusal) private readonly refusals: CallRefusal,
    @Inject(CallbackTokens) private readonly callbacks: CallbackTokens,
    @Inject(PublicBaseUrl) private readonly base: Pick<PublicBaseUrl, 'value'>,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /** How this call waits already; null when it does not, or when the agent lets nobody wait. */
  async entry(agent: AgentSnapshot | null, carrierCallId: string): Promise<Waiting | null> {
    return agent?.whenUnavailable === 'queue' ? this.line.waiting(carrierCallId) : null;
  }

  /** Whether there is room for this call beside everybody who came before it. */
  async isItsTurn(
    { agent, carrierCallId }: Pick<AdmissionRecord, 'agent' | 'carrierCallId'>,
    waiting: Waiting | null,
  ): Promise<boolean> {
    if (agent.whenUnavailable === 'refuse') return true;
    const ahead = await this.line.ahead(waiting?.call ?? { agentId: agent.agentId, carrierCallId });
    return ahead === 0 || ahead < freePlaces(await this.registry.listRelays());
  }

  /**
   * The TwiML that lets the caller wait and ask again; null when the agent lets nobody wait, or no more, or
   * not for longer. They stay in the line they came to, whoever answers the number by now.
   */
  async hold(call: AdmissionRecord, waiting: Waiting | null, heard: HoldProgress): Promise<string | null> {
    const { whenUnavailable, queue } = call.agent;
    if (whenUnavailable === 'refuse') return null;
    const entry = waiting?.call ?? entryOf(call);
    const place = await this.line.wait(entry, queue.maxLength);
    if (place === 'gone') return hangupTwiml();
    if (place === 'answered') return askAgainTwiml(this.askAgainUrl({ told: 0 }));
    if (place === 'full' || place.waitedMs >= queue.maxWaitMs) return null;
    const position = place.ahead + 1;
    if (heard.told === undefined) this.noteNew(entry, position);
    return this.holdAt(position, entry, call, heard);
  }

  private async holdAt(
    position: number,
    { callId, tenantId, carrierCallId, from }: WaitingCall,
    { agent, language, isNumberDoubted = false }: AdmissionRecord,
    { told, silent }: HoldProgress,
  ): Promise<string> {
    // Nobody is called back at a number that may be another's.
    const offersCallback = agent.queue.offersCallback && !isNumberDoubted && identityOf(from).e164 !== null;
    const isSilent = position === told && silent < MAX_SILENT_HOLDS;
    return holdTwiml({
      spoken: isSilent
        ? null
        : holdMessage({ company: agent.companyName, language, position, isFirstTime: !told, offersCallback }),
      holdS: HOLD_S,
      askAgainUrl: this.askAgainUrl({ told: position, silent: isSilent ? silent + 1 : 0 }),
      ...(offersCallback
        ? { keyUrl: await this.callbacks.url('waiting-key', { callId, tenantId, carrierCallId, epoch: 1 }) }
        : {}),
    });
  }

  private noteNew({ callId, tenantId }: WaitingCall, position: number): void {
    this.metrics.admissions.inc({ outcome: 'waiting' });
    this.logger.log({ callId, tenantId, position }, 'a caller waits');
  }

  /**
   * The TwiML for a caller who has been waiting, when they cannot be looked up: they go on waiting. Null for
   * all others, and when that has been so for too long.
   */
  async keepHoldingWithoutLookup(
    carrierCallId: string,
    { told, silent, blind }: HoldProgress,
  ): Promise<string | null> {
    if (told === undefined || blind >= MAX_UNVERIFIED_HOLDS) return null;
    await this.recordStillWaiting(carrierCallId);
    return holdTwiml({
      spoken: null,
      holdS: HOLD_S,
      askAgainUrl: this.askAgainUrl({ told, silent, blind: blind + 1 }),
    });
  }

  /**
   * The TwiML after a key. Nobody is promised a call that is not written down; any other key has everything
   * said again.
   */
  async handleKey({ carrierCallId }: CallbackClaims, digits: string | undefined): Promise<string> {
    const promised =
      digits === CALLBACK_KEY
        ? await this.promiseCallback(carrierCallId, { told: 0, silent: 0, blind: 0 })
        : null;
    return promised ?? askAgainTwiml(this.askAgainUrl({ told: 0 }));
  }

  /**
   * The TwiML that promises a call, or asks for a moment: a wish that call state has stands, and is looked at
   * with the next question, and in the end by the sweep. Null when there is nothing to promise.
   */
  async promiseCallback(carrierCallId: string, { blind }: HoldProgress): Promise<string | null> {
    try {
      return await withTimeout(WISH_MS, this.refusals.requestCallback(carrierCallId));
    } catch (error) {
      this.logger.error(
        { err: error },
        'a wish to be called back could not be written down yet: call state or database do not answer',
      );
      const { companyName, language } = (
        await withTimeout(TOUCH_MS, this.line.waiting(carrierCallId)).catch(() => null)
      )?.call ?? { companyName: '', language: 'en-US' };
      if (blind >= MAX_UNVERIFIED_HOLDS)
        return farewellTwiml(refusalMessage('agent-unavailable', companyName, language));
      await this.recordStillWaiting(carrierCallId);
      return holdTwiml({
        spoken: oneMomentMessage(language),
        holdS: HOLD_S,
        askAgainUrl: this.askAgainUrl({ told: 0, blind: blind + 1 }),
      });
    }
  }

  /** It waits no longer: a relay takes it. Never throws; the sweep does it later. */
  async admitted({ call, since }: Waiting): Promise<void> {
    this.metrics.queueWait.observe(Math.max(0, Date.now() - since.getTime()) / 1000);
    try {
      await this.line.settle(call);
    } catch (error) {
      this.logger.warn(
        { err: error, callId: call.callId },
        'the place of an admitted call in line could not be given up: it lapses within a minute',
      );
    }
  }

  /** Their place does not lapse. Call state that is away altogether lets none lapse. */
  private async recordStillWaiting(carrierCallId: string): Promise<void> {
    await withTimeout(TOUCH_MS, this.line.touch(carrierCallId)).catch(() => undefined);
  }

  private askAgainUrl(heard: Partial<HoldProgress>): string {
    const query = Object.entries(heard)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`);
    return `${this.base.value}/twilio/voice?${query.join('&')}${ASK_AGAIN}`;
  }
}

function entryOf({
  callId,
  tenantId,
  channel,
  from,
  to,
  carrierCallId,
  attestation,
  agent,
  caller,
  language,
}: AdmissionRecord): WaitingCall {
  return {
    callId,
    tenantId,
    channel,
    from,
    to,
    carrierCallId,
    attestation: attestation ?? null,
    agentId: agent.agentId,
    companyName: agent.companyName,
    language,
    callerGroup: caller.group,
  };
}
