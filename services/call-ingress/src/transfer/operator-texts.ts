import { baseLanguage } from '@tandem/contracts';
import type { AdmissionRecord } from '@tandem/call-state';

/** Texts for a person who is asked to take a call, in the company's language. */
interface OperatorTexts {
  /** Contains `{company}` and `{who}`. */
  readonly intro: string;
  readonly withheld: string;
  /** In place of a number that may be someone else's. */
  readonly doubted: string;
  readonly ask: string;
  /** Lower case. */
  readonly accepts: readonly string[];
  readonly declines: readonly string[];
}

const TEXTS: Readonly<Record<'en' | 'de' | 'es' | 'fr', OperatorTexts>> = {
  en: {
    intro: 'Call for {company} from {who}.',
    withheld: 'a withheld number',
    doubted: 'a number that could not be verified',
    ask: 'Press 1 or say accept to take it. Press 2 or say decline to send it back.',
    accepts: ['accept', 'take it', 'yes', 'okay', 'ok', 'sure'],
    declines: ['decline', 'reject', 'no', 'not', 'cannot', "can't", "don't", 'send it back'],
  },
  de: {
    intro: 'Anruf für {company} von {who}.',
    withheld: 'einer unterdrückten Nummer',
    doubted: 'einer Nummer, die nicht bestätigt werden konnte',
    ask:
      'Drücken Sie 1 oder sagen Sie annehmen. Drücken Sie ' +
      '2 oder sagen Sie ablehnen, um ihn zurückzugeben.',
    accepts: ['annehmen', 'ja', 'okay', 'ok', 'gern', 'gerne'],
    declines: ['ablehnen', 'nein', 'nicht', 'keine'],
  },
  es: {
    intro: 'Llamada para {company} de {who}.',
    withheld: 'un número oculto',
    doubted: 'un número que no se pudo verificar',
    ask: 'Pulse 1 o diga aceptar para atenderla. Pulse 2 o diga rechazar para devolverla.',
    accepts: ['aceptar', 'acepto', 'sí', 'si', 'vale'],
    declines: ['rechazar', 'rechazo', 'no'],
  },
  fr: {
    intro: 'Appel pour {company} de {who}.',
    withheld: 'un numéro masqué',
    doubted: 'un numéro qui n’a pas pu être vérifié',
    ask: 'Tapez 1 ou dites accepter pour le prendre. Tapez 2 ou dites refuser pour le renvoyer.',
    accepts: ['accepter', "j'accepte", 'oui', "d'accord"],
    declines: ['refuser', 'refuse', 'non', 'pas'],
  },
};

const textsFor = (language: string): OperatorTexts =>
  TEXTS[baseLanguage(language) as keyof typeof TEXTS] ?? TEXTS.en;

/** Says who calls, why, and how to take the call. */
export function whisperText(
  {
    agent,
    caller,
    from,
    isNumberDoubted,
  }: Pick<AdmissionRecord, 'agent' | 'caller' | 'from' | 'isNumberDoubted'>,
  summary: string,
): string {
  const { intro, withheld, doubted, ask } = textsFor(agent.language);
  const number = isNumberDoubted
    ? doubted
    : /^\+?\d+$/.test(from)
      ? [...from.replace('+', '')].join(' ')
      : withheld;
  return [
    intro.replace('{company}', () => agent.companyName).replace('{who}', () => caller.name ?? number),
    summary.trim(),
    ask,
  ]
    .filter(Boolean)
    .join(' ');
}

/** Words the speech recogniser should expect. */
export function operatorHints(language: string): readonly string[] {
  const { accepts, declines } = textsFor(language);
  return [...accepts, ...declines];
}

export type OperatorVerdict = 'accepted' | 'declined' | 'unclear';

export interface OperatorAnswer {
  readonly key?: string | undefined;
  readonly speech?: string | undefined;
}

/** More words than this are not an answer: a voicemail greeting talks in sentences. */
const MAX_WORDS = 8;

/**
 * Returns what the person wants, by key or by words. Words that say both or neither are unclear: a guess
 * never connects a caller, nor does a voicemail that cannot "accept" calls.
 */
export function operatorVerdict({ key, speech = '' }: OperatorAnswer, language: string): OperatorVerdict {
  if (key === '1') return 'accepted';
  if (key === '2') return 'declined';
  const spoken = speech
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .trim();
  const words = ` ${spoken} `;
  const { accepts, declines } = textsFor(language);
  const says = (phrases: readonly string[]): boolean =>
    phrases.some((phrase) => words.includes(` ${phrase} `));
  if (says(accepts) === says(declines) || spoken.split(' ').length > MAX_WORDS) return 'unclear';
  return says(accepts) ? 'accepted' : 'declined';
}
