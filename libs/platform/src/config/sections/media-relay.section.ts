import { relayIdSchema } from '@tandem/contracts';
import { z } from 'zod';
import { section } from '../setting.ts';
import { commaList, port, url, wholeNumber } from './forms.ts';

export const relaySection = section('media-relay', 'The processes that hold calls.', {
  port: {
    env: 'MEDIA_RELAY_PORT',
    schema: port.default(8081),
    isPort: true,
    description: 'Port of media-relay.',
  },
  relayId: {
    env: 'RELAY_ID',
    schema: relayIdSchema,
    description:
      'Name of this relay, unique in the fleet: lower-case letters, digits, dashes. On Kubernetes, ' +
      'the pod name.',
    example: 'relay-1',
  },
  relayAddress: {
    env: 'RELAY_ADDRESS',
    schema: url('ws', 'wss').optional(),
    description: 'Address of this relay as the network sees it, used when PUBLIC_MEDIA_URL is not set.',
    whenUnset: 'ws://127.0.0.1:<port>',
  },
  relayRevision: {
    env: 'RELAY_REVISION',
    schema: z
      .string()
      .regex(/^[\w.-]{1,63}$/, 'must be up to 63 letters, digits, dots, dashes or underscores')
      .optional(),
    description:
      'The release this relay is of. While relays of two releases are alive, new and moved calls go to the ' +
      'newer ones. On Kubernetes, the label controller-revision-hash.',
    whenUnset: 'all relays count as one release',
    example: 'media-relay-6d5f',
  },
  maxCalls: {
    env: 'RELAY_MAX_CALLS',
    schema: wholeNumber(1, 5000).default(200),
    unit: 'calls',
    description: 'Most calls this relay takes.',
  },
  maxLoopDelayMs: {
    env: 'RELAY_MAX_LOOP_DELAY_MS',
    schema: wholeNumber(20, 5_000).default(200),
    unit: 'ms',
    description:
      "If a relay's event loop lags more than this (p99 of a second, three seconds in a row), it " +
      'gets no new calls, even below RELAY_MAX_CALLS.',
  },
  soundsDir: {
    env: 'SOUNDS_DIR',
    schema: z.string().min(1).optional(),
    description:
      'Folder with the wait music that agents name: WAV files of 16-bit PCM, any rate and channels.',
    whenUnset: 'only the built-in tune is available',
    example: '/var/lib/tandem/sounds',
  },
  phrasePreparation: {
    env: 'RELAY_PHRASE_PREPARATION',
    schema: z.enum(['on', 'off']).default('on'),
    description:
      'Whether a relay has a short model session of its own say the phrase for lost calls, once for each ' +
      'version of an agent. It is billed by the provider and not part of the cost of a call.',
  },
  softphoneOrigins: {
    env: 'SOFTPHONE_ORIGINS',
    schema: commaList
      .refine(
        (origins) => origins.every((text) => URL.canParse(text) && new URL(text).origin === text),
        'each must be an origin such as https://voice.example.com: no path, no slash at the end',
      )
      .optional(),
    description:
      'Pages from which browsers may open streams, as origins separated by commas. Set it where TALK_PAGE ' +
      'is on and the page is opened from elsewhere: see docs/softphone.md.',
    whenUnset: 'pages opened on this machine (localhost) only',
    example: 'https://voice.example.com',
  },
  drainGraceMs: {
    env: 'RELAY_DRAIN_GRACE_MS',
    schema: wholeNumber(0, 7_200_000).default(3_600_000),
    unit: 'ms',
    description: 'How long running calls may go on after SIGTERM before they are ended.',
  },
});
