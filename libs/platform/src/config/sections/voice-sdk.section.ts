import { z } from 'zod';
import { section } from '../setting.ts';

const sid = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be ${prefix} and 32 hexadecimal digits`)
    .optional();
const NO_TOKENS = 'apps cannot place calls: POST /v1/voice-tokens is refused';

export const voiceSdkSection = section(
  'Twilio Voice SDK',
  'Access tokens for apps that place calls: docs/voice-sdk.md.',
  {
    twilioApiKeySid: {
      env: 'TWILIO_API_KEY_SID',
      needs: ['TWILIO_API_KEY_SECRET', 'TWILIO_TWIML_APP_SID', 'TWILIO_ACCOUNT_SID'],
      schema: sid('SK'),
      description: 'API key that signs access tokens.',
      whenUnset: NO_TOKENS,
      example: 'SK00000000000000000000000000000000',
    },
    twilioApiKeySecret: {
      env: 'TWILIO_API_KEY_SECRET',
      needs: ['TWILIO_API_KEY_SID'],
      schema: z.string().min(16, 'must have 16 characters or more').max(256).optional(),
      isSecret: true,
      description: 'Secret of the API key.',
      whenUnset: NO_TOKENS,
      example: 'the-secret-of-your-api-key',
    },
    twilioTwimlAppSid: {
      env: 'TWILIO_TWIML_APP_SID',
      needs: ['TWILIO_API_KEY_SID'],
      schema: sid('AP'),
      description: "TwiML application whose voice webhook is call-ingress's /twilio/voice.",
      whenUnset: NO_TOKENS,
      example: 'AP00000000000000000000000000000000',
    },
  },
);
