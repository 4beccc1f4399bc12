import { ProviderError, type ProviderErrorCategory } from '@tandem/contracts';
import type { CallChange } from '../../twilio/twilio-calls.ts';

/**
 * Changes running calls of a PBX. Any process may: Asterisk serialises what happens to a channel. All methods
 * throw `ProviderError`.
 */
export interface CallControl {
  /** Ends what the call is doing; its dialplan then asks what is next. */
  redirectToNext(carrierCallId: string): Promise<CallChange>;
  hangUp(carrierCallId: string): Promise<CallChange>;
  /** Plays keys to the caller: 0-9, A-D, * and #, up to {@link MOST_DIGITS}. */
  sendDigits(carrierCallId: string, digits: string): Promise<CallChange>;
}

/** Technologies of the channels to a relay. */
export const RELAY_CHANNEL = /^(?:AudioSocket|WebSocket)\//;

const PROVIDER = 'asterisk';
const MOST_DIGITS = 40;
const DIGITS = new RegExp(`^[0-9A-D*#]{1,${MOST_DIGITS}}$`);
/** Asterisk's own, with the system's name in front where it has one: `pbx1-1700000000.12`. */
const UNIQUE_ID = /^[\w.:@+-]{1,150}$/;

export function asteriskError(
  category: ProviderErrorCategory,
  code: string,
  message: string,
  cause?: unknown,
): ProviderError {
  return new ProviderError(message, {
    provider: PROVIDER,
    code,
    category,
    ...(cause !== undefined && { cause }),
  });
}

/**
 * Returns the id as it may be sent: one line without blanks, so it can name a channel and nothing else.
 * @throws ProviderError
 */
export function checkUniqueId(uniqueId: string): string {
  if (UNIQUE_ID.test(uniqueId)) return uniqueId;
  throw asteriskError('invalid-request', 'unique-id', 'The call has an id that no channel of Asterisk has.');
}

/** @throws ProviderError */
export function checkDigits(digits: string): string {
  if (DIGITS.test(digits)) return digits;
  const message = `Keys are 0 to 9, A to D, * and #, at most ${MOST_DIGITS}.`;
  throw asteriskError('invalid-request', 'digits', message);
}

/** Returns the name of the PBX that stands before a call's unique id; '' for none. */
export function pbxOf(carrierCallId: string): string {
  return carrierCallId.slice(0, Math.max(0, carrierCallId.indexOf('/')));
}

/** Returns the channel's own unique id, without its PBX or the random number of one without a name. */
function uniqueIdOf(carrierCallId: string): string {
  return carrierCallId.slice(carrierCallId.indexOf('/') + 1).replace(/:\d+$/, '');
}

/**
 * Joins the controls of several PBXs, by the name that stands before the unique id: `pbx1/1700000000.12`. The
 * PBX without a name has the key `''`.
 */
export function controlByPbx(controls: ReadonlyMap<string, CallControl>): CallControl {
  const find = (carrierCallId: string): [CallControl, string] => {
    const control = controls.get(pbxOf(carrierCallId));
    if (control) return [control, uniqueIdOf(carrierCallId)];
    throw asteriskError('invalid-request', 'unknown-pbx', 'The call came from a PBX that is not configured.');
  };
  return {
    redirectToNext: async (id) => {
      const [control, uniqueId] = find(id);
      return control.redirectToNext(uniqueId);
    },
    hangUp: async (id) => {
      const [control, uniqueId] = find(id);
      return control.hangUp(uniqueId);
    },
    sendDigits: async (id, digits) => {
      const [control, uniqueId] = find(id);
      return control.sendDigits(uniqueId, digits);
    },
  };
}
