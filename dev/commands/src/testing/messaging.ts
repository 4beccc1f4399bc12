import type { ChatCompletionsSimulator } from '@tandem/simulators';
import { DIALLED, type RunningPlatform } from './running-platform.ts';

/* What a platform needs for text messages and e-mail: a public address, a text model and a mail server. */

/** The key of the simulated text model. */
export const MODEL_KEY = 'key-for-specs';
const PUBLIC = 'https://voice.example.com';
/** Where the carrier delivers text messages, as it is set at the number. */
export const SMS_URL = `${PUBLIC}/twilio/sms#rc=2&rp=all&ct=2000&rt=5000`;

/** Settings of a simulated carrier that has the number and reaches the platform at its public address. */
export const publicCarrier = (platform: () => RunningPlatform) => ({
  numbers: [DIALLED],
  route: (url: URL) =>
    url.origin === PUBLIC ? new URL(url.pathname + url.search, platform().stack.urls.ingress) : url,
});

/** Settings of a text model that is simulated. */
export const textModelEnv = ({ baseUrl }: ChatCompletionsSimulator) => ({
  TEXT_MODEL_KIND: 'openai',
  TEXT_MODEL_NAME: 'small',
  TEXT_MODEL_URL: baseUrl,
  TEXT_MODEL_API_KEY: MODEL_KEY,
});

/** Settings of the public address and of a mail server. */
export const messagingEnv = (smtpUrl: string) => ({
  PUBLIC_BASE_URL: PUBLIC,
  SMTP_URL: smtpUrl,
  MAIL_FROM: 'Demo Plumbing <office@demo.example>',
});
