import { isSpeakable } from '@tandem/contracts';
import twilio from 'twilio';

const { VoiceResponse } = twilio.twiml;
type VoiceResponse = InstanceType<typeof VoiceResponse>;

/**
 * Fragment of webhook addresses: Twilio then retries twice after any failure, each attempt limited to 5 s of
 * the 15 s in total. By default it retries once, only when it could not connect, and waits 15 s for a server
 * that hangs. The fragment is neither sent nor signed
 * (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export const ASK_AGAIN = '#rc=2&rp=all&ct=2000&rt=5000';

/** Longest text Twilio speaks (twilio.com/docs/voice/twiml/say). */
const MAX_SPOKEN = 4_096;
/** Characters that XML 1.0 does not allow, not even escaped; the builder throws at them. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+/gu;

/**
 * Returns text that is valid in TwiML: every text of callers, models and operators passes here before a
 * document is built, so that none makes the response fail. Characters that are not allowed become spaces.
 */
export function speakable(text: string): string {
  return text.slice(0, MAX_SPOKEN).replace(NOT_XML, ' ').trim();
}

/** Words the carrier speaks. The builder escapes the text. */
export interface Spoken {
  readonly text: string;
  /** Language tag (BCP 47). */
  readonly language: string;
}

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

export interface DialPerson {
  /** E.164 or a SIP address. */
  readonly address: string;
  readonly ringMs: number;
  /** The number the person sees; carriers refuse a number they do not know. */
  readonly callerId: string;
  /** Webhook requested when the conversation is over or was not connected; absent to hang up then. */
  readonly actionUrl?: string;
  /** Webhook for what the person hears first when they answer; absent to connect them at once. */
  readonly whisperUrl?: string;
}

/** Dials a person and connects the caller, who hears ringing until then. */
export function dialPersonTwiml({ address, ringMs, callerId, actionUrl, whisperUrl }: DialPerson): string {
  const response = new VoiceResponse();
  const dial = response.dial({
    ...(actionUrl === undefined ? {} : { action: actionUrl, method: 'POST' }),
    timeout: Math.ceil(ringMs / 1000),
    callerId: speakable(callerId),
    answerOnBridge: true,
  });
  const whisper = whisperUrl === undefined ? {} : { url: whisperUrl, method: 'POST' };
  const dialled = speakable(address);
  if (/^sips?:/i.test(dialled)) dial.sip(whisper, dialled);
  else dial.number(whisper, dialled);
  return response.toString();
}

export interface AskPerson {
  readonly spoken: Spoken;
  /** Likely replies, as hints for speech recognition. */
  readonly hints: readonly string[];
  /** Webhook that gets the key or the words. */
  readonly actionUrl: string;
}

/** Time for a reply after the prompt, in s. */
const ANSWER_PATIENCE_S = 5;

/** Asks for one key or a word, twice; hangs up when there is no reply. */
export function askPersonTwiml({ spoken, hints, actionUrl }: AskPerson): string {
  const response = new VoiceResponse();
  const gather = response.gather({
    input: ['dtmf', 'speech'],
    numDigits: 1,
    timeout: ANSWER_PATIENCE_S,
    speechTimeout: 'auto',
    language: speakable(spoken.language) as NonNullable<GatherAttributes['language']>,
    hints: speakable(hints.join(', ')),
    action: actionUrl,
    method: 'POST',
  });
  say(gather, spoken, 2);
  response.hangup();
  return response.toString();
}

/** An empty document: the person is connected. */
export function connectPersonTwiml(): string {
  return new VoiceResponse().toString();
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

type SayAttributes = NonNullable<Parameters<VoiceResponse['say']>[0]> & object;
type SayLanguage = NonNullable<Extract<SayAttributes, { language?: unknown }>['language']>;
type GatherAttributes = NonNullable<Parameters<VoiceResponse['gather']>[0]>;

/** Adds nothing for a text without words: the carrier treats an empty one as an error. */
function say(response: Pick<VoiceResponse, 'say'>, { text, language }: Spoken, times?: number): void {
  const words = speakable(text);
  if (!isSpeakable(words)) return;
  response.say(
    { language: speakable(language) as SayLanguage, ...(times === undefined ? {} : { loop: times }) },
    words,
  );
}
