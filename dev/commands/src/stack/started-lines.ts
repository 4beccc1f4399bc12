import { NUMBER_SETTINGS } from './number-settings.ts';
import type { Stack } from './stack.ts';

type Started = Pick<Stack, 'publicUrl' | 'publicMediaUrl' | 'urls' | 'talkUrl' | 'isMailLocal'> & {
  /** Signs the admin of the demo in, once; null where there is none. */
  readonly signInUrl: string | null;
};

/** The next steps after a start: the addresses for the carrier, where they lead, and the commands. */
export function startedLines(stack: Started): string[] {
  const { publicUrl, publicMediaUrl, urls, talkUrl, isMailLocal, signInUrl } = stack;
  const lines: [string, string][] = [
    ...(talkUrl === null ? [] : [['talk to the agent', talkUrl] as [string, string]]),
    ...(signInUrl === null
      ? []
      : ([
          ['console', `${signInUrl}`],
          ['', 'signs you in once, within 15 minutes; another link: npm run sign-in'],
        ] as [string, string][])),
    ['Twilio voice webhook', `${publicUrl}/twilio/voice${NUMBER_SETTINGS}`],
    ['Twilio status callback', `${publicUrl}/twilio/status${NUMBER_SETTINGS}`],
    ...(publicUrl === urls.ingress
      ? []
      : [['your proxy sends', `${publicUrl} to ${urls.ingress}`] as [string, string]]),
    ...(publicMediaUrl === null
      ? []
      : urls.relays.map((url, index): [string, string] => [
          '',
          `${relayAddress(publicMediaUrl, `relay-${index + 1}`)} to ${url}`,
        ])),
    ['calls and transcripts', `${urls.controlApi}/docs`],
    ['contacts and bookings', `${urls.crmApi}/docs`],
    ...(isMailLocal ? [['e-mails', 'printed here, sent to nobody'] as [string, string]] : []),
    ['API key of "demo"', 'npm run key'],
    ['ring it', 'npm run call'],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

/** The relay's address as call-ingress gives it to the carrier. */
function relayAddress(publicMediaUrl: string, relay: string): string {
  return publicMediaUrl.includes('{relay}')
    ? publicMediaUrl.replaceAll('{relay}', relay)
    : `${publicMediaUrl}/media/${relay}`;
}
