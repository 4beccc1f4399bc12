import twilio from 'twilio';
import { say, type Spoken } from './spoken-text.ts';

const { MessagingResponse, VoiceResponse } = twilio.twiml;
type VoiceResponse = InstanceType<typeof VoiceResponse>;

/**
 * Fragment of webhook addresses: Twilio then retries twice after any failure, each attempt limited to 5 s of
 * the 15 s in total. By default it retries once, only when it could not connect, and waits 15 s for a server
 * that hangs. The fragment is neither sent nor signed
 * (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export const ASK_AGAIN = '#rc=2&rp=all&ct=2000&rt=5000';

export interface ConnectStream {
  /** wss (ws on loopback), no query string: Twilio fails the handshake otherwise (31920). */
  readonly streamUrl: string;
  /** Webhook requested when the stream has ended: the only way to continue after a lost relay. */
  readonly actionUrl: string;
  /** Webhook for failed handshakes, which are reported nowhere else. */
  readonly statusUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Spoken before the stream starts. */
  readonly notice?: Spoken;
}

/** Connects the call's audio to a relay. */
export function connectStreamTwiml(connect: ConnectStream): string {
  const response = new VoiceResponse();
  if (connect.notice) say(response, connect.notice);
  const stream = response.connect({ action: connect.actionUrl, method: 'POST' }).stream({
    url: connect.streamUrl,
    statusCallback: connect.statusUrl,
    statusCallbackMethod: 'POST',
  });
  for (const [name, value] of Object.entries(connect.parameters)) stream.parameter({ name, value });
  return response.toString();
}

/** Says something and hangs up. */
export function farewellTwiml(spoken: Spoken): string {
  const response = new VoiceResponse();
  say(response, spoken);
  response.hangup();
  return response.toString();
}

export interface Hold {
  readonly spoken: Spoken | null;
  /** Silence after the spoken text. */
  readonly holdS: number;
  readonly askAgainUrl: string;
  /** Webhook that gets the key the caller presses meanwhile; absent to ignore keys. */
  readonly keyUrl?: string;
}

/** Keeps the caller waiting, then requests the next document. */
export function holdTwiml({ spoken, holdS, askAgainUrl, keyUrl }: Hold): string {
  const response = new VoiceResponse();
  if (keyUrl === undefined) {
    if (spoken) say(response, spoken);
    response.pause({ length: holdS });
  } else {
    const gather = response.gather({
      input: ['dtmf'],
      numDigits: 1,
      timeout: holdS,
      action: keyUrl,
      method: 'POST',
    });
    if (spoken) say(gather, spoken);
  }
  response.redirect({ method: 'POST' }, askAgainUrl);
  return response.toString();
}

/** Requests the next document from another address. */
export function askAgainTwiml(url: string): string {
  const response = new VoiceResponse();
  response.redirect({ method: 'POST' }, url);
  return response.toString();
}

export function hangupTwiml(): string {
  const response = new VoiceResponse();
  response.hangup();
  return response.toString();
}

/** Takes a text message without sending one. */
export function emptyTwiml(): string {
  return new MessagingResponse().toString();
}
