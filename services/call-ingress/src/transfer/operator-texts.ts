import { baseLanguage } from '@tandem/contracts';
import type { AdmissionRecord } from '@tandem/call-state';

/** What the person hears who is asked to take a call, in the language of their company. */
interface OperatorTexts {
  /** `{company}` and `{who}` are filled in. */
  readonly intro: string;
  readonly withheld: string;
  /** Said of a number that may be another's. */
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

/** Who calls, why, and how to take the call. */
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

/** Words the recogniser should expect. */
export function operatorHints(language: string): readonly string[] {
  const { accepts, declines } = textsFor(language);
  return [...accepts, ...declines];
}

export type OperatorVerdict = 'accepted' | 'declined' | 'unclear';

/** Whoever says more than this is not answering: a voicemail talks in sentences. */
const MOST_WORDS = 8;

/**
 * What the person wants, by key or by words. Words that say both, or neither, are no answer: nobody is
 * connected by a guess, nor to a voicemail that cannot "accept" calls.
 */
export function operatorVerdict(
  answer: { readonly Digits?: string | undefined; readonly SpeechResult?: string | undefined },
  language: string,
): OperatorVerdict {
  if (answer.Digits === '1') return 'accepted';
  if (answer.Digits === '2') return 'declined';
  const spoken = (answer.SpeechResult ?? '')
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .trim();
  const words = ` ${spoken} `;
  const { accepts, declines } = textsFor(language);
  const says = (phrases: readonly string[]): boolean =>
    phrases.some((phrase) => words.includes(` ${phrase} `));
  if (says(accepts) === says(declines) || spoken.split(' ').length > MOST_WORDS) return 'unclear';
  return says(accepts) ? 'accepted' : 'declined';
}
