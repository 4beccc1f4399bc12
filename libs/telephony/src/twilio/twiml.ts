import { isSpeakable } from '@tandem/contracts';
import twilio from 'twilio';

const { VoiceResponse } = twilio.twiml;
type VoiceResponse = InstanceType<typeof VoiceResponse>;

/**
 * Behind an address Twilio asks: two more tries whatever went wrong, none of the three longer than 5 s, of
 * the 15 s it takes for all. By default it makes one more, only when it could not connect, and waits 15 s for
 * a server that stands still. A fragment is neither sent nor signed
 * (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export const ASK_AGAIN = '#rc=2&rp=all&ct=2000&rt=5000';

/** Twilio says no more of one text (twilio.com/docs/voice/twiml/say). */
const MAX_SPOKEN = 4_096;
/** XML 1.0 has no other characters, escaped or not; the builder throws at them. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+/gu;

/**
 * Text of callers, models and operators as it may stand in TwiML: every such text passes here before a
 * document is built, so that none can keep a caller from their answer. What a document cannot hold becomes a
 * space.
 */
export function speakable(text: string): string {
  return text.slice(0, MAX_SPOKEN).replace(NOT_XML, ' ').trim();
}

/** Words the carrier itself speaks. Text is escaped by the builder. */
export interface Spoken {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
}

export interface ConnectStream {
  /** wss (ws on loopback), no query string: Twilio fails the handshake otherwise (31920). */
  readonly streamUrl: string;
  /** Asked when the stream is over: the only way to carry on after a lost relay. */
  readonly actionUrl: string;
  /** Told of failed handshakes, which nothing else shows. */
  readonly statusUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Spoken before the stream starts. */
  readonly notice?: Spoken;
}

/** Answers the call and hands its audio to a relay. */
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
  /** The number the person sees; a carrier shows none it does not know. */
  readonly callerId: string;
  /** Asked when the talk is over, or never came about; absent to hang up then. */
  readonly actionUrl?: string;
  /** Asked what the person hears alone when they have picked up; absent to connect them at once. */
  readonly whisperUrl?: string;
}

/** Rings a person and connects the caller, who hears ringing until then. */
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
  /** Words that are likely as an answer. */
  readonly hints: readonly string[];
  /** Told the key or the words. */
  readonly actionUrl: string;
}

/** How long the person may think when everything is said, in s. */
const ANSWER_PATIENCE_S = 5;

/** Asks for one key or a word, twice; hangs up on silence. */
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

/** Nothing more to say to the person: they are connected. */
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
  /** How long it is silent after what is spoken. */
  readonly holdS: number;
  readonly askAgainUrl: string;
  /** Told the key the caller presses meanwhile; absent when keys mean nothing. */
  readonly keyUrl?: string;
}

/** Lets the caller wait, then asks again what to do with the call. */
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

/** Asks at another address what to do with the call. */
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

/** Nothing for a text in which there is nothing to say: the carrier takes an empty one for a fault. */
function say(response: Pick<VoiceResponse, 'say'>, { text, language }: Spoken, times?: number): void {
  const words = speakable(text);
  if (!isSpeakable(words)) return;
  response.say(
    { language: speakable(language) as SayLanguage, ...(times === undefined ? {} : { loop: times }) },
    words,
  );
}
