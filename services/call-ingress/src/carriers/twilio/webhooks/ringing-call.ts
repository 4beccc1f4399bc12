import { inboundCall, type InboundCall } from '../../../ports/inbound-call.ts';
import { parametersOf, type VoiceForm } from './twilio-forms.ts';

/** How Twilio writes an app of the Voice SDK: `client:<identity>`. */
const APP = /^client:/i;

/**
 * Returns the call a voice webhook describes.
 * @param country ISO 3166; its dialling rules apply to numbers without country code
 */
export function ringingCall(form: VoiceForm, country?: string): InboundCall {
  const { CallSid, AccountSid, From, To, StirVerstat } = form;
  return inboundCall(
    {
      channel: 'twilio',
      carrierCallId: CallSid,
      carrierAccountId: AccountSid ?? null,
      attestation: StirVerstat ?? null,
      from: From,
      to: To,
      ...(APP.test(From) ? { parameters: parametersOf(form) } : {}),
    },
    country,
  );
}
