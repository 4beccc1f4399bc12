import {
  callEventBodies,
  callIdSchema,
  type CallEventBody,
  type CallId,
  type RelayId,
} from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import { claimRescue } from '../scripts/claim-rescue.ts';
import { acceptCall, dialForCall, offerCall } from '../scripts/move-call.ts';
import { redisNow, run } from '../scripts/script.ts';
import type { Sealer } from '../redis/sealer.ts';

/**
 * A question of the carrier about one stream of a call: what follows the stream, or what follows the transfer
 * the stream was given up for.
 */
export type CarrierCallback = 'stream-ended' | 'transfer-ended';

/** The carrier's question this answers. */
export interface HandoverReply {
  readonly callId: CallId;
  /** Epoch of the stream that has ended. */
  readonly epoch: number;
  readonly question: CarrierCallback;
  /** The answer to the carrier; every repeat of its question gets the same. */
  readonly answer: string;
}

type OfferOutcome =
  | { readonly outcome: 'offered' | 'ended' | 'unknown' | 'left' | 'moved' | 'exhausted' | 'gone' | 'full' }
  | { readonly outcome: 'repeat'; readonly answer: string };
type Dialling =
  { readonly outcome: 'dialled' | 'not-asked' } | { readonly outcome: 'repeat'; readonly answer: string };
/** The transfer a call waits for. */
export type PendingTransfer = CallEventBody<'transfer.asked'>;

/** One attempt to take a call away from a silent relay. */
interface RescueAttempt {
  /** The silent owner's epoch. */
  readonly epoch: number;
  /** From 1. */
  readonly attempt: number;
}

interface RescueLimits {
  /** How long the lease must have been over. */
  readonly overForMs: number;
  /** How long an attempt may take. */
  readonly othersWaitMs: number;
  readonly mostAttempts: number;
}

/**
 * Handovers of calls between two owners: offered to another relay, dialled to a person, accepted by one, and
 * rescued from a relay that is silent.
 */
export class CallHandovers {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
  ) {}

  /** The answer the carrier got when it asked this before; null when it never did. */
  async earlierReply(callId: CallId, epoch: number, question: CarrierCallback): Promise<string | null> {
    const sealed = await this.redis.hget(keys.call(callId), field(question, epoch));
    return sealed === null ? null : this.openAnswer(callId, sealed);
  }

  /**
   * Offers the call to a relay under `nextEpoch`. `losses` bounds how often a call may be lost within a time;
   * absent when nothing was lost.
   */
  async offer(
    move: HandoverReply,
    to: { readonly relayId: RelayId; readonly nextEpoch: number; readonly reserveMs: number },
    losses?: { readonly most: number; readonly withinMs: number },
  ): Promise<OfferOutcome> {
    const { callId } = move;
    const [outcome, earlier] = (await run(
      this.redis,
      offerCall,
      [keys.call(callId), keys.liveCalls, keys.relay(to.relayId), keys.relayReserved(to.relayId)],
      [
        field(move.question, move.epoch),
        this.sealAnswer(move),
        to.nextEpoch,
        callId,
        to.reserveMs,
        losses?.most ?? 0,
        losses?.withinMs ?? 0,
        to.relayId,
      ],
    )) as [OfferOutcome['outcome'], string];
    return outcome === 'repeat' ? { outcome, answer: this.openAnswer(callId, earlier) } : { outcome };
  }

  /**
   * The carrier dials. `isUnasked`: the person is connected as soon as they pick up. Without a report or an
   * acceptance within `longestMs` the call counts as lost.
   */
  async dial(move: HandoverReply, isUnasked: boolean, longestMs: number): Promise<Dialling> {
    const { callId, epoch } = move;
    const [outcome, earlier] = (await run(
      this.redis,
      dialForCall,
      [keys.call(callId), keys.liveCalls],
      [field(move.question, epoch), this.sealAnswer(move), epoch, callId, longestMs, isUnasked ? '1' : '0'],
    )) as [Dialling['outcome'], string];
    return outcome === 'repeat' ? { outcome, answer: this.openAnswer(callId, earlier) } : { outcome };
  }

  /**
   * Marks that the person accepts the call, and may talk to the caller for `talkMs`. False when the caller is
   * gone, or the transfer is over.
   */
  async accept(callId: CallId, epoch: number, talkMs: number): Promise<boolean> {
    const accepted = await run(
      this.redis,
      acceptCall,
      [keys.call(callId), keys.liveCalls],
      [epoch, callId, talkMs],
    );
    return accepted === 1;
  }

  /** Returns the transfer the call was released for; null for none. */
  async pendingTransfer(callId: CallId): Promise<PendingTransfer | null> {
    const [status, sealed] = await this.redis.hmget(keys.call(callId), 'status', 'transfer');
    if (status !== 'transferring' || !sealed) return null;
    const { data } = this.sealer.open(sealed, `event:${callId}`) as { data: unknown };
    return callEventBodies['transfer.asked'].parse(data);
  }

  /**
   * Claims an attempt to rescue a call whose relay is silent; null when the call needs no rescue. Others may
   * try again when the attempt has neither been ended nor put off in its time.
   */
  async claimRescue(callId: CallId, limits: RescueLimits): Promise<RescueAttempt | null> {
    const [epoch, attempt] = (await run(
      this.redis,
      claimRescue,
      [keys.call(callId), keys.liveCalls, keys.rescues],
      [callId, limits.overForMs, limits.othersWaitMs, limits.mostAttempts],
    )) as [number, number];
    return epoch === 0 ? null : { epoch, attempt };
  }

  /** Returns calls whose rescue was begun, has not ended, and may be tried again. */
  async unfinishedRescues(limit: number): Promise<CallId[]> {
    const now = await redisNow(this.redis);
    const ids = await this.redis.zrangebyscore(keys.rescues, '-inf', now, 'LIMIT', 0, limit);
    return ids.flatMap((id) => callIdSchema.safeParse(id).data ?? []);
  }

  /** Lets any process try the rescue again after this time. */
  async putOffRescue(callId: CallId, forMs: number): Promise<void> {
    await this.redis.zadd(keys.rescues, 'XX', (await redisNow(this.redis)) + forMs, callId);
  }

  /** Marks that the call's carrier knows what is next: nobody tries its rescue again. */
  async endRescue(callId: CallId): Promise<void> {
    await this.redis.multi().zrem(keys.rescues, callId).hdel(keys.call(callId), 'rescue').exec();
  }

  private sealAnswer({ callId, answer }: HandoverReply): string {
    return this.sealer.seal(answer, place(callId));
  }

  private openAnswer(callId: CallId, sealed: string): string {
    return this.sealer.open(sealed, place(callId)) as string;
  }
}

const field = (question: CarrierCallback, epoch: number): string => `answer:${question}:${epoch}`;
const place = (callId: CallId): string => `answer:${callId}`;
