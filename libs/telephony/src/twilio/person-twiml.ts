import twilio from 'twilio';
import { say, speakable, type Spoken } from './spoken-text.ts';

const { VoiceResponse } = twilio.twiml;
type VoiceResponse = InstanceType<typeof VoiceResponse>;
type GatherAttributes = NonNullable<Parameters<VoiceResponse['gather']>[0]>;

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
