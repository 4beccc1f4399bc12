import { partyNumber, WITHHELD } from '@tandem/contracts';
import { identityOf } from '../admission/caller-identity.ts';
import type { InboundCall } from '../admission/inbound-call.ts';
import type { VoiceForm } from './twilio-forms.ts';

/**
 * What a voice webhook says of a call.
 * @param country ISO 3166, whose habits hold for a dialled number without country code; a caller's are read
 * with the dialled one's
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
