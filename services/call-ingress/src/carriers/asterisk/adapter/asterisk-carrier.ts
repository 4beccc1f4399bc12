import { Injectable } from '@nestjs/common';
import { StreamKeys, type AdmissionRecord } from '@tandem/call-state';
import { TICKET_LIFETIME_S } from '@tandem/contracts';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import type { CarrierAdapter, RedirectedCall } from '../../../ports/carrier-adapter.ts';
import type {
  CarrierInstruction,
  ConnectRelay,
  Dial,
  Hold,
  ReachableRelay,
} from '../../../ports/carrier-instruction.ts';
import { AsteriskControl } from './asterisk-control.ts';
import { soundOf, toProgressText, type AsteriskReply } from './asterisk-reply.ts';
import { mintStreamUuid } from './stream-uuid.ts';

/** The rate of `c(slin)`, for a dialplan that names no codec and a phone that sends no audio at first. */
const USUAL_RATE_HZ = 8_000;
/** Keys and sounds of `tandem-operator`, with its longest waits for answers; a conversation has no limit. */
const LONGEST_DIAL = { questionMs: 120_000, talkMs: 4 * 3600_000 };
/** A notice is played between the answer and the stream. */
const UUID_LIFETIME_S = 2 * TICKET_LIFETIME_S;

/** Calls of an Asterisk PBX: replies are words for its dialplan. */
@Injectable()
export class AsteriskCarrier implements CarrierAdapter {
  readonly longestDial = LONGEST_DIAL;

  constructor(
    private readonly streams: StreamKeys,
    private readonly tokens: CallbackTokens,
    private readonly control: AsteriskControl,
  ) {}

  canRedirectLiveCall({ carrierCallId }: RedirectedCall): boolean {
    return this.control.reaches(carrierCallId);
  }

  canConnect({ audioSocket }: ReachableRelay): boolean {
    return audioSocket !== undefined;
  }

  async render(instruction: CarrierInstruction): Promise<string> {
    return instruction.kind === 'kept-reply'
      ? instruction.reply
      : JSON.stringify(await this.replyTo(instruction));
  }

  /** The instruction is kept as the reply to the question that the call's dialplan asks then. */
  redirectLiveCall({ carrierCallId }: AdmissionRecord): Promise<'done' | 'gone'> {
    return this.control.redirectToNext(carrierCallId);
  }

  private async replyTo(
    instruction: Exclude<CarrierInstruction, { kind: 'kept-reply' }>,
  ): Promise<AsteriskReply> {
    switch (instruction.kind) {
      case 'connect-relay':
        return this.connectRelay(instruction);
      case 'dial':
        return this.dial(instruction);
      case 'ask-person': {
        const { spoken, attempt, stream } = instruction;
        const token = await this.tokens.sign(stream);
        return { do: 'ask', sound: soundOf('operator-question'), attempt, token, ...spoken };
      }
      case 'connect-person':
        return { do: 'join' };
      case 'hold':
        return this.hold(instruction);
      case 'ask-again': {
        const { progress } = instruction;
        return {
          do: 'wait',
          seconds: 0,
          position: 0,
          progress: toProgressText(progress),
          token: '',
          offer: '',
        };
      }
      case 'say-and-hang-up': {
        const { reason, spoken } = instruction;
        return { do: 'refuse', reason, sound: soundOf(reason), ...spoken };
      }
      case 'hang-up':
        return { do: 'hangup' };
    }
  }

  private async connectRelay(instruction: ConnectRelay): Promise<AsteriskReply> {
    const { stream, relay, ticket, notice, audioRateHz = USUAL_RATE_HZ } = instruction;
    const { relayId, audioSocket } = relay;
    if (audioSocket === undefined) throw new TypeError(`Relay ${relayId} has no AudioSocket.`);
    const uuid = mintStreamUuid(relayId);
    await this.streams.register(relayId, uuid, { ticket, rateHz: audioRateHz }, UUID_LIFETIME_S);
    return {
      do: 'connect',
      address: audioSocket,
      uuid,
      token: await this.tokens.sign(stream),
      sound: notice ? soundOf('notice') : '',
      ...(notice ?? {}),
    };
  }

  private async dial({ address, ringMs, callerId, stream, asksFirst }: Dial): Promise<AsteriskReply> {
    return {
      do: 'dial',
      address,
      ringS: Math.ceil(ringMs / 1_000),
      callerId,
      mode: stream && asksFirst ? 'warm' : 'cold',
      token: stream ? await this.tokens.sign(stream) : '',
    };
  }

  private async hold({ spoken, holdS, progress, keysFor }: Hold): Promise<AsteriskReply> {
    return {
      do: 'wait',
      seconds: holdS,
      position: progress.announcedPosition ?? 0,
      progress: toProgressText(progress),
      token: keysFor ? await this.tokens.sign(keysFor) : '',
      offer: keysFor && spoken ? soundOf('callback-offer') : '',
      ...(spoken ?? {}),
    };
  }
}
