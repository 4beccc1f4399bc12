/*
 * Text messages are sent in GSM 7-bit characters (3GPP TS 23.038) where every character is one of them, and
 * in UTF-16 otherwise, which takes more than twice the segments.
 */

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
  'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Characters that take two. */
const EXTENDED = '^{}\\[~]|€\f';
const WIDTHS: ReadonlyMap<string, number> = new Map([
  ...[...BASIC].map((character) => [character, 1] as const),
  ...[...EXTENDED].map((character) => [character, 2] as const),
]);

/** Typographic characters that models like, and that would put the whole message into UTF-16. */
const PLAIN: readonly (readonly [typographic: RegExp, plain: string])[] = [
  [/[\u2018\u2019\u201A\u2032\u00B4`]/g, "'"],
  [/[\u201C\u201D\u201E\u00AB\u00BB\u2033]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\u2026/g, '...'],
  [/[\u2022\u25CF\u00B7]/g, '-'],
  [/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, ' '],
  [/[\u200B-\u200D\u2060\uFEFF](?!\p{Extended_Pictographic})/gu, ''],
];

/** Longest message: 320 seven-bit characters are three segments, 268 code units of UTF-16 are four. */
export const SMS_LIMITS = { gsm: 320, utf16: 268 } as const;

/** A sentence ends with its mark, and what closes it. */
const SENTENCE_END = /[.!?。！？]["')\]]*$/;
/** A cut at a sentence keeps at least this share of the room. */
const LEAST_SHARE = 0.4;
const MORE = '...';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Returns the units a text takes: of 7 bits, or of UTF-16. */
function unitsOf(text: string, isGsm: boolean): number {
  if (!isGsm) return text.length;
  return [...text].reduce((units, character) => units + (WIDTHS.get(character) ?? 1), 0);
}

/**
 * Returns the text as one message: with characters of phones where that changes nothing, and cut after a
 * sentence, else after a word, where it is longer than {@link SMS_LIMITS}.
 */
export function shortMessage(text: string): string {
  const plain = PLAIN.reduce((done, [from, to]) => done.replace(from, to), text)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\s]*/g, '\n')
    .trim();
  const isGsm = [...plain].every((character) => WIDTHS.has(character));
  const limit = isGsm ? SMS_LIMITS.gsm : SMS_LIMITS.utf16;
  if (unitsOf(plain, isGsm) <= limit) return plain;
  const kept = beginningOf(plain, limit, isGsm);
  const sentences = lastSentenceEnd(kept, plain);
  if (sentences !== null && unitsOf(sentences, isGsm) >= limit * LEAST_SHARE) return sentences;
  const words = beginningOf(plain, limit - MORE.length, isGsm);
  const atWord = words.replace(/\s+\S*$/, '');
  return `${(atWord === '' ? words : atWord).trimEnd()}${MORE}`;
}

/** Returns what fits, whole characters as people see them. */
function beginningOf(text: string, limit: number, isGsm: boolean): string {
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += unitsOf(segment, isGsm);
    if (used > limit) break;
    kept += segment;
  }
  return kept;
}

/** Returns the whole sentences of a beginning; null when not even one is whole. */
function lastSentenceEnd(kept: string, whole: string): string | null {
  for (let end = kept.length; end > 0; end -= 1) {
    const isBreak = /^(?:\s|$)/.test(whole.slice(end)) || /[。！？]$/.test(kept.slice(0, end));
    const sentences = kept.slice(0, end);
    if (isBreak && (SENTENCE_END.test(sentences) || whole[end] === '\n')) return sentences.trimEnd();
  }
  return null;
}
