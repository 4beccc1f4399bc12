import { VOICE_IDENTITY } from '@tandem/telephony';
import { z } from 'zod';

/** An app fetches a new token when one ends; a stolen one is of use until its end. */
const LIFETIME_S = { min: 60, max: 4 * 3_600, default: 3_600 };

export const requestVoiceTokenSchema = z.strictObject({
  identity: z
    .string()
    .regex(VOICE_IDENTITY, 'must be letters, digits and underscores, 121 at most')
    .describe('Who calls: calls come from `client:<identity>`. Do not put personal data in it.'),
  lifetimeS: z
    .number()
    .int()
    .min(LIFETIME_S.min)
    .max(LIFETIME_S.max)
    .default(LIFETIME_S.default)
    .describe('Seconds in which calls may begin; a running call goes on.'),
});
export type RequestVoiceToken = z.output<typeof requestVoiceTokenSchema>;

export const voiceTokenSchema = z.object({
  token: z.string().describe('Access token for the Voice SDK. Give it to the app over TLS only.'),
  identity: z.string(),
  expiresAt: z.iso.datetime(),
});
export type VoiceToken = z.output<typeof voiceTokenSchema>;
