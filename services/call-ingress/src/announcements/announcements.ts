import { baseLanguage } from '@tandem/contracts';
import type { FarewellReason, Spoken } from '../ports/carrier-instruction.ts';
import { SENTENCES, type Sentences } from './sentences.ts';

/** `abandoned` has no spoken message: its caller has hung up. */
export type SpokenReason = Exclude<FarewellReason, 'apology'>;

const SENTENCE_OF: Readonly<Record<SpokenReason, Exclude<keyof Sentences, 'thanks' | 'moment'>>> = {
  'unknown-number': 'not-in-service',
  closed: 'closed',
  'no-capacity': 'busy',
  'caller-blocked': 'not-you',
  'caller-not-allowed': 'not-you',
  'budget-reached': 'trouble',
  'provider-unavailable': 'trouble',
  'agent-unavailable': 'trouble',
  'callback-requested': 'callback',
};

/** The message for a caller who cannot be connected. @param company empty when there is none to name */
export function refusalMessage(reason: SpokenReason, company: string, language: string): Spoken {
  const own = SENTENCES[baseLanguage(language)];
  const { thanks, ...sentences } = own ?? SENTENCES.en;
  const text = [
    company && reason !== 'unknown-number' ? thanks.replace('{company}', () => company) : '',
    sentences[SENTENCE_OF[reason]],
  ]
    .filter(Boolean)
    .join(' ');
  return { text, language: own ? language : 'en-US' };
}

export interface HoldAnnouncement {
  readonly company: string;
  /** BCP 47. */
  readonly language: string;
  /** In the line, from 1. */
  readonly position: number;
  readonly isFirstTime: boolean;
  readonly offersCallback: boolean;
}

/** The message for a caller who may wait; a shorter one after the first time. */
export function holdMessage({
  company,
  language,
  position,
  isFirstTime,
  offersCallback,
}: HoldAnnouncement): Spoken {
  const own = SENTENCES[baseLanguage(language)];
  const { thanks, hold, position: numbered, next, offer } = own ?? SENTENCES.en;
  const place = position === 1 ? next : numbered.replace('{position}', String(position));
  const text = [
    ...(isFirstTime ? [thanks.replace('{company}', () => company), hold] : []),
    place,
    ...(offersCallback ? [offer] : []),
  ].join(' ');
  return { text, language: own ? language : 'en-US' };
}

/** The message while a request of the caller takes longer. */
export function oneMomentMessage(language: string): Spoken {
  const own = SENTENCES[baseLanguage(language)];
  return { text: (own ?? SENTENCES.en).moment, language: own ? language : 'en-US' };
}

/** The message for a caller whose call broke off through our fault, when their language is unknown. */
export const APOLOGY: Spoken = {
  text:
    'We are sorry, we have a technical problem and cannot go on with this call. Please call us again in a ' +
    'moment. Goodbye.',
  language: 'en-US',
};
