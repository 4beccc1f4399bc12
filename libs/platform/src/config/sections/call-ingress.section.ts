import { isE164, isPhoneCountry } from '@tandem/contracts';
import { z } from 'zod';
import { section } from '../setting.ts';
import { port, url } from './forms.ts';

export const publicAddressSection = section('Public address', 'Where Twilio reaches us.', {
  publicBaseUrl: {
    env: 'PUBLIC_BASE_URL',
    schema: url('http', 'https').optional(),
    description:
      'Address under which Twilio reaches call-ingress. Signatures are checked against it, so it ' +
      'must be exactly the one configured at the number.',
    whenUnset: "call-ingress's own http address",
    example: 'https://voice.example.com',
  },
});

export const ingressSection = section('call-ingress', 'Answers the webhooks of carriers.', {
  port: {
    env: 'CALL_INGRESS_PORT',
    schema: port.default(8080),
    isPort: true,
    description: 'Port of call-ingress.',
  },
  publicMediaUrl: {
    env: 'PUBLIC_MEDIA_URL',
    schema: url('ws', 'wss').optional(),
    description:
      'Address under which Twilio reaches the relays. {relay} is replaced by the relay id; without ' +
      'it, /media/<relay id> is appended.',
    whenUnset: "each relay's own ws:// address",
    example: 'wss://media.example.com',
  },
  talkPage: {
    env: 'TALK_PAGE',
    schema: z.enum(['on', 'off']).optional(),
    description:
      'Whether `/talk` is served, a page on which anybody who can open it talks with the agent from their ' +
      'browser. See docs/softphone.md.',
    whenUnset: 'on while neither PUBLIC_BASE_URL nor ASTERISK_SECRET is set, off otherwise',
    example: 'off',
  },
  talkNumber: {
    env: 'TALK_NUMBER',
    schema: z.string().refine(isE164, 'must be a phone number such as +12025550100').default('+12025550100'),
    description: 'The number `/talk` calls, in E.164: its agent answers. Unless set, that of the demo.',
  },
  phoneCountry: {
    env: 'PHONE_COUNTRY',
    schema: z
      .string()
      .refine(isPhoneCountry, 'must be two capital letters of ISO 3166, such as US')
      .optional(),
    description: 'Country of dialled numbers that come without a country code, as some SIP trunks send them.',
    whenUnset: 'such a number is read as one without its +',
    example: 'US',
  },
});
