import { partyNumber, WITHHELD } from '@tandem/contracts';
import { identityOf } from '../../../ports/caller-identity.ts';
import type { InboundCall } from '../../../ports/inbound-call.ts';
import type { VoiceForm } from './twilio-forms.ts';

/**
 * Returns the call a voice webhook describes.
 * @param country ISO 3166; its dialling rules apply to a dialled number without country code. A caller's
 * number is read with the dialled number's rules.
 */
export function ringingCall(
  { CallSid, AccountSid, From, To, StirVerstat }: VoiceForm,
  country?: string,
): InboundCall {
  const dialled = partyNumber(To, country);
  const identity = identityOf(From, dialled ?? country);
  return {
    channel: 'twilio',
    carrierCallId: CallSid,
    carrierAccountId: AccountSid ?? null,
    identity,
    attestation: StirVerstat ?? null,
    dialled,
    from: identity.e164 ?? (identity.isWithheld ? WITHHELD : From.trim()),
    to: dialled ?? To.trim(),
  };
}
