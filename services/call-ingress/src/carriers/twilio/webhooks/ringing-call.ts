import { inboundCall, type InboundCall } from '../../../ports/inbound-call.ts';
import type { VoiceForm } from './twilio-forms.ts';

/**
 * Returns the call a voice webhook describes.
 * @param country ISO 3166; its dialling rules apply to numbers without country code
 */
export function ringingCall(
  { CallSid, AccountSid, From, To, StirVerstat }: VoiceForm,
  country?: string,
): InboundCall {
  return inboundCall(
    {
      channel: 'twilio',
      carrierCallId: CallSid,
      carrierAccountId: AccountSid ?? null,
      attestation: StirVerstat ?? null,
      from: From,
      to: To,
    },
    country,
  );
}
