import type { AdmissionRecord, CarrierCallback, PendingTransfer, RelayStatus } from '@tandem/call-state';
import type { Channel } from '@tandem/contracts';
import type { Spoken } from '@tandem/telephony';
import type { CallbackClaims } from '../twilio/callback-tokens.ts';

/**
 * How callers of one channel are told what comes next: in the words of their carrier (TwiML, a dialplan's
 * variables, a browser's message). What comes next is decided without it.
 */
export interface CarrierAdapter {
  /** Hands the caller to a relay, under an epoch and with a ticket of its own. */
  toRelay(record: AdmissionRecord, relay: RelayStatus, epoch: number): Promise<string>;
  /**
   * Puts the caller through to a person; null when the department has gone or the call no longer waits for
   * it.
   */
  toPerson(
    claims: CallbackClaims,
    question: CarrierCallback,
    record: AdmissionRecord,
    pending: PendingTransfer,
  ): Promise<string | null>;
  /** Says something and hangs up. */
  farewell(spoken: Spoken): string;
  hangUp(): string;
  /** Whether the carrier can be told what it has not asked. */
  readonly canRedirectLiveCall: boolean;
  /**
   * Takes the caller out of whatever they are in. `gone`: the carrier has no such call any more. @throws when
   * it does not answer
   */
  redirectLiveCall(record: AdmissionRecord, answer: string): Promise<'done' | 'gone'>;
}

export type CarrierAdapters = Readonly<Partial<Record<Channel, CarrierAdapter>>>;
/** Injection token of the doors there are. */
export const CARRIER_ADAPTERS = Symbol('LEG_DOORS');

/** The door a call came in by. */
export function carrierFor(
  doors: CarrierAdapters,
  record: Pick<AdmissionRecord, 'channel'> | null,
): CarrierAdapter {
  const channel = record?.channel ?? 'twilio';
  const door = doors[channel];
  if (!door) throw new TypeError(`Calls of ${channel} are not taken here.`);
  return door;
}
