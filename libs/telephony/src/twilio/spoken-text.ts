import { isSpeakable } from '@tandem/contracts';
import type twilio from 'twilio';

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

type VoiceResponse = InstanceType<typeof twilio.twiml.VoiceResponse>;
type SayAttributes = NonNullable<Parameters<VoiceResponse['say']>[0]> & object;
type SayLanguage = NonNullable<Extract<SayAttributes, { language?: unknown }>['language']>;

/** Adds words the carrier speaks; nothing for a text without words, which it treats as an error. */
export function say(response: Pick<VoiceResponse, 'say'>, { text, language }: Spoken, times?: number): void {
  const words = speakable(text);
  if (!isSpeakable(words)) return;
  response.say(
    { language: speakable(language) as SayLanguage, ...(times === undefined ? {} : { loop: times }) },
    words,
  );
}
