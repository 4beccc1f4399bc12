import type { AdmissionRecord } from '@tandem/call-state';
import type { Channel } from '@tandem/contracts';
import type { CarrierInstruction, ReachableRelay } from './carrier-instruction.ts';

/** The names of a call that decide over which interface of its carrier it is redirected. */
export type RedirectedCall = Pick<AdmissionRecord, 'carrierCallId' | 'carrierAccountId'>;

/** How long a carrier may leave a dialling unreported; then the call is closed as lost. */
export interface LongestDial {
  /** Beside the ringing: a person who has picked up is asked no longer than this. */
  readonly questionMs: number;
  /** The longest conversation of a caller and a person; 0 where nobody is ever rung. */
  readonly talkMs: number;
}

/**
 * Speaks to one carrier. The instruction is decided without the adapter; the adapter puts it into the
 * carrier's words (a document, a dialplan's variables, a browser's message).
 */
export interface CarrierAdapter {
  /** Returns the reply the carrier understands. */
  render(instruction: CarrierInstruction): Promise<string>;
  /** Whether the carrier's calls can be connected to this relay. */
  canConnect(relay: ReachableRelay): boolean;
  readonly longestDial: LongestDial;
  /** Whether the carrier can be told something about this call that it has not asked for. */
  canRedirectLiveCall(record: RedirectedCall): boolean;
  /**
   * Takes the caller out of whatever they are in. `gone`: the carrier no longer has the call.
   * @throws when the carrier does not answer
   */
  redirectLiveCall(record: AdmissionRecord, instruction: CarrierInstruction): Promise<'done' | 'gone'>;
}

export type CarrierAdapters = Readonly<Partial<Record<Channel, CarrierAdapter>>>;
/** Injection token of the adapters of all configured carriers. */
export const CARRIER_ADAPTERS = Symbol('CARRIER_ADAPTERS');

/** The adapter of the carrier a call came in over. */
export function carrierFor(
  carriers: CarrierAdapters,
  { channel }: Pick<AdmissionRecord, 'channel'>,
): CarrierAdapter {
  const carrier = carriers[channel];
  if (!carrier) throw new TypeError(`No carrier adapter is configured for calls over ${channel}.`);
  return carrier;
}
