import { z } from 'zod';

/** An app fetches a new token when one ends; a stolen one is of use until its end. */
const LIFETIME_S = { min: 60, max: 4 * 3_600, default: 3_600 };

/** With the tenant's id and an underscore before it, an identity has the 121 characters a carrier takes. */
const USER = /^[A-Za-z0-9_]{1,88}$/;

export const requestVoiceTokenSchema = z
  .strictObject({
    identity: z
      .string()
      .regex(USER, 'must be letters, digits and underscores, 88 at most')
      .describe('Who calls, as your server names them. Do not put personal data in it.'),
    lifetimeS: z
      .number()
      .int()
      .min(LIFETIME_S.min)
      .max(LIFETIME_S.max)
      .default(LIFETIME_S.default)
      .describe('Seconds in which calls may begin; a running call goes on.'),
  })
  .meta({ example: { identity: 'ada', lifetimeS: 3600 } });
export type RequestVoiceToken = z.output<typeof requestVoiceTokenSchema>;

export const voiceTokenSchema = z
  .object({
    token: z.string().describe('Access token for the Voice SDK. Give it to the app over TLS only.'),
    identity: z
      .string()
      .describe(
        'Your tenant id without its dashes, an underscore, and the identity of the request: no two tenants ' +
          'share one. Calls come from `client:<identity>`.',
      ),
    expiresAt: z.iso.datetime(),
  })
  .meta({
    example: {
      token: 'eyJhbGciOiJIUzI1NiJ9.e30.example',
      identity: '7a0c1d3e000040008000000000000001_ada',
      expiresAt: '2027-03-01T15:05:11.000Z',
    },
  });
export type VoiceToken = z.output<typeof voiceTokenSchema>;
