import { z } from 'zod';
import { section } from '../setting.ts';
import { commaList, url } from './forms.ts';

export const carrierAccountSection = section('Twilio account', 'The first account, for calls and for apps.', {
  twilioAccountSid: {
    env: 'TWILIO_ACCOUNT_SID',
    schema: z
      .string()
      .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits')
      .optional(),
    description:
      'Account SID, of TWILIO_AUTH_TOKEN and of TWILIO_API_KEY_SID. Requests of accounts that are named ' +
      'neither here nor in TWILIO_ACCOUNTS are refused. Also needed to move a call to another relay when ' +
      'its relay hangs.',
    whenUnset:
      'requests of any account are accepted if their signature fits, a call whose relay hangs is lost, and ' +
      'apps cannot place calls',
    example: 'AC00000000000000000000000000000000',
  },
});

export const carrierTokensSection = section('Twilio credentials', 'Of the accounts with phone numbers.', {
  twilioAuthTokens: {
    env: 'TWILIO_AUTH_TOKEN',
    schema: commaList.refine(
      (tokens) => tokens.length >= 1 && tokens.length <= 2,
      'one token, or two while rotating',
    ),
    isSecret: true,
    description:
      'Auth token that signs webhooks. To rotate, set `new,old`; the first one is used for REST calls.',
    example: 'your-auth-token',
  },
  twilioAccounts: {
    env: 'TWILIO_ACCOUNTS',
    schema: commaList
      .refine(
        (entries) => entries.every((entry) => /^AC[0-9a-f]{32}:[^\s:]+$/.test(entry)),
        'each must be an account SID, a colon and its auth token',
      )
      .transform((entries) =>
        entries.map((entry) => ({ accountSid: entry.slice(0, 34), secret: entry.slice(35) })),
      )
      .default([]),
    isSecret: true,
    description:
      'Further accounts and subaccounts with numbers, as SID:token, separated by commas; the same ' +
      'SID twice during rotation. Each token is valid for its own account only.',
    whenUnset: 'no others',
    example: 'AC11111111111111111111111111111111:its-auth-token',
  },
});

export const carrierKeysSection = section('Twilio shared keys', 'Keys of your own that sign webhooks.', {
  twilioWebhookKeys: {
    env: 'TWILIO_WEBHOOK_KEYS',
    schema: commaList
      .refine(
        (entries) => entries.every((entry) => /^AC[0-9a-f]{32}:[\w-]+:\S+$/.test(entry)),
        'each must be an account SID, the id of a shared key and its secret, with colons between',
      )
      .transform((entries) =>
        entries.map((entry) => ({
          accountSid: entry.slice(0, 34),
          keyId: entry.slice(35, entry.indexOf(':', 35)),
          secret: entry.slice(entry.indexOf(':', 35) + 1),
        })),
      )
      .default([]),
    isSecret: true,
    description:
      "Shared keys of Twilio's Webhooks configuration API, which sign in place of the auth token, " +
      'as SID:key:secret, separated by commas; old and new side by side during rotation.',
    whenUnset: 'webhooks signed with a shared key are refused',
    example: 'AC00000000000000000000000000000000:webhooks_sharedkey_1:its-secret',
  },
});

export const carrierApiSection = section('Twilio REST API', 'Changes running calls and sends messages.', {
  twilioApiUrl: {
    env: 'TWILIO_API_URL',
    schema: url('http', 'https').optional(),
    description: 'Address of the REST API, such as that of a simulator.',
    whenUnset: "Twilio's own address",
    example: 'https://api.twilio.com',
  },
});
