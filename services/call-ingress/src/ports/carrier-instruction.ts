import type { RefusalReason, RelayId } from '@tandem/contracts';
import type { StreamRef } from './stream-ref.ts';

/** Words the carrier speaks to the caller. */
export interface Spoken {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
}

/** Why a caller is told goodbye. `apology`: the call broke off through our fault. */
export type FarewellReason = Exclude<RefusalReason, 'abandoned'> | 'apology';

/** Announcements a caller in line has heard. The carrier hands this back with its next question. */
export interface HoldProgress {
  /** The position announced last; 0 to announce everything again; absent for a call that has just come in. */
  readonly announcedPosition?: number | undefined;
  /** Holds without an announcement since then. */
  readonly silentHolds: number;
  /** Consecutive holds granted without looking the caller up. */
  readonly unverifiedHolds: number;
}

/** A relay, with the addresses at which carriers reach it. */
export interface ReachableRelay {
  readonly relayId: RelayId;
  readonly address: string;
  /** host:port; absent where it has no AudioSocket. */
  readonly audioSocket?: string | undefined;
}

/** Hands the caller's audio to one relay. */
export interface ConnectRelay {
  readonly kind: 'connect-relay';
  readonly stream: StreamRef;
  readonly relay: ReachableRelay;
  /** The rate of the caller's audio in Hz, where the carrier has said it. */
  readonly audioRateHz?: number | undefined;
  /** Signed; only this relay accepts it. */
  readonly ticket: string;
  /** Spoken before the stream starts. */
  readonly notice: Spoken | null;
}

/** Rings a person; the caller hears ringing until they are connected. */
export interface Dial {
  readonly kind: 'dial';
  /** E.164 or a SIP address. */
  readonly address: string;
  readonly ringMs: number;
  /** The number the person sees. */
  readonly callerId: string;
  /** The carrier asks about this stream when the dialling is over; null to hang up then. */
  readonly stream: StreamRef | null;
  /** The person is asked alone first; otherwise they are connected as soon as they pick up. */
  readonly asksFirst: boolean;
}

/** Asks a person who has picked up for one key or a word. Silence hangs up on them. */
export interface AskPerson {
  readonly kind: 'ask-person';
  readonly stream: StreamRef;
  readonly spoken: Spoken;
  /** Words that are likely as an answer. */
  readonly hints: readonly string[];
  /** From 1. */
  readonly attempt: number;
}

/** Keeps the caller on the line; then the carrier asks again what to do with the call. */
export interface Hold {
  readonly kind: 'hold';
  readonly spoken: Spoken | null;
  /** Silence after what is spoken, in s. */
  readonly holdS: number;
  readonly progress: Partial<HoldProgress>;
  /** The carrier reports a key pressed meanwhile for this stream; null when keys mean nothing. */
  readonly keysFor: StreamRef | null;
}

/** The next step of a carrier with a call, as a value. The carrier's adapter renders it. */
export type CarrierInstruction =
  | ConnectRelay
  | Dial
  | AskPerson
  /** The person who was asked is connected to the caller. */
  | { readonly kind: 'connect-person' }
  | Hold
  /** The carrier asks at once again what to do with the call. */
  | { readonly kind: 'ask-again'; readonly progress: Partial<HoldProgress> }
  | { readonly kind: 'say-and-hang-up'; readonly reason: FarewellReason; readonly spoken: Spoken }
  | { readonly kind: 'hang-up' }
  /** A reply in the carrier's words that call state keeps: repeats of a question get it unchanged. */
  | { readonly kind: 'kept-reply'; readonly reply: string };

export const HANG_UP: CarrierInstruction = { kind: 'hang-up' };

export const sayAndHangUp = (reason: FarewellReason, spoken: Spoken): CarrierInstruction => ({
  kind: 'say-and-hang-up',
  reason,
  spoken,
});

export const keptReply = (reply: string): CarrierInstruction => ({ kind: 'kept-reply', reply });
