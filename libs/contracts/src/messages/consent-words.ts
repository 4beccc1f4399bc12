/** `stop`: no further messages. `start`: messages again. `help`: the carrier explains who writes. */
export type ConsentWord = 'stop' | 'start' | 'help';

/**
 * Words that carriers act on by themselves when they are the whole message (Twilio's defaults and the
 * additions of 2025), and those of other languages. YES counts for nothing: it is an answer to a question.
 */
const WORDS: Readonly<Record<ConsentWord, readonly string[]>> = {
  stop: [
    'stop',
    'stopall',
    'unsubscribe',
    'cancel',
    'end',
    'quit',
    'revoke',
    'optout',
    'stopp',
    'arret',
    'arrêt',
    'parar',
    'alto',
    'baja',
  ],
  start: ['start', 'unstop'],
  help: ['help', 'info'],
};
const MEANING: ReadonlyMap<string, ConsentWord> = new Map(
  Object.entries(WORDS).flatMap(([meaning, words]) =>
    words.map((word) => [word, meaning as ConsentWord] as const),
  ),
);

/** Longest message that can be such a word, with blanks and marks around it, in characters. */
const LONGEST = 40;
const AROUND = /^[\s\p{P}]+|[\s\p{P}]+$/gu;

/**
 * Returns what a message says about consent, whatever its spelling; null for any other.
 * @param reported the carrier's own reading of it (`OptOutType`), which counts first
 */
export function consentWordOf(body: string, reported = ''): ConsentWord | null {
  const known = MEANING.get(reported.toLowerCase());
  if (known !== undefined) return known;
  if (body.length > LONGEST) return null;
  const word = body
    .replace(AROUND, '')
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\s-]+/g, '');
  return MEANING.get(word) ?? null;
}
