/*
 * Digits as people say them, in the languages agents speak most. Without accents and in lower case; letters
 * that are words of everyday speech elsewhere do no harm, because only long runs of them count.
 */

const UNITS: readonly string[][] = [
  ['zero', 'oh', 'o', 'nought', 'naught', 'nil', 'cero', 'null', 'nul'],
  ['one', 'uno', 'una', 'eins', 'ein', 'eine', 'un', 'une', 'een'],
  ['two', 'dos', 'zwei', 'zwo', 'deux', 'dois', 'duas', 'due', 'twee'],
  ['three', 'tres', 'drei', 'trois', 'tre', 'drie'],
  ['four', 'cuatro', 'vier', 'quatre', 'quatro', 'quattro'],
  ['five', 'cinco', 'funf', 'fuenf', 'cinq', 'cinque', 'vijf'],
  ['six', 'seis', 'sechs', 'meia', 'sei', 'zes'],
  ['seven', 'siete', 'sieben', 'sept', 'sete', 'sette', 'zeven'],
  ['eight', 'ocho', 'acht', 'huit', 'oito', 'otto'],
  ['nine', 'niner', 'nueve', 'neun', 'neuf', 'nove', 'negen'],
];
const TEENS = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const VALUES = new Map<string, number>([
  ...UNITS.flatMap((words, value) => words.map((word) => [word, value] as const)),
  ...TEENS.map((word, index) => [word, 10 + index] as const),
  ...TENS.map((word, index) => [word, 20 + 10 * index] as const),
]);
const REPEATS = new Map<string, number>([
  ['double', 2],
  ['triple', 3],
  ['treble', 3],
  ['quadruple', 4],
]);
const ZEROS = new Map<string, number>([
  ['hundred', 2],
  ['thousand', 3],
]);
/** Words between digits. */
const FILLERS = new Set([
  'and',
  'then',
  'uh',
  'um',
  'er',
  'erm',
  'ah',
  'hmm',
  'mm',
  'dash',
  'hyphen',
  'space',
  'comma',
  'next',
  'ok',
  'okay',
  'yes',
  'y',
  'und',
  'et',
  'e',
  'puis',
  'dann',
  'luego',
]);

type SpokenPart =
  /** A number from 0 to 99. */
  | { readonly kind: 'value'; readonly value: number }
  /** The next digit, this many times. */
  | { readonly kind: 'repeat'; readonly times: number }
  /** Zeros, `count` of them. */
  | { readonly kind: 'zeros'; readonly count: number }
  | { readonly kind: 'filler' };

/** Returns the meaning of a word among spoken digits; null for one that ends them. */
export function spokenPart(word: string): SpokenPart | null {
  const plain = /[^a-z]/.test(word) ? word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase() : word;
  const value = VALUES.get(plain);
  if (value !== undefined) return { kind: 'value', value };
  const times = REPEATS.get(plain);
  if (times !== undefined) return { kind: 'repeat', times };
  const count = ZEROS.get(plain);
  if (count !== undefined) return { kind: 'zeros', count };
  return FILLERS.has(plain) ? { kind: 'filler' } : null;
}
