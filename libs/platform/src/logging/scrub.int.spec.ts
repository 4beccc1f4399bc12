import { describe, expect, it } from '@jest/globals';
import { scrub } from './scrub.ts';

const SHORT_BYTES = 4_096;
const LONG_BYTES = 4 * SHORT_BYTES;
/** A linear pattern takes four times as long for four times the length, a quadratic one sixteen times. */
const MOST_GROWTH = 8;
/** Shorter times are mostly those of the clock. */
const LEAST_MS = 0.02;
const ROUNDS = 60;
const ATTEMPTS = 5;
const PIECES = [
  'a',
  '.',
  '-',
  '_',
  '+',
  '@',
  ':',
  '/',
  '"',
  ' ',
  '1',
  '%',
  'a.',
  'a-',
  '.-',
  'a@',
  '@.',
  'a.a@',
  'a@a.',
  'a@a.a',
  'a@a.aa',
  '+1',
  '+1 ',
  '+1.',
  '+ ',
  '1+',
  'eyJ',
  'eyJ-',
  '-eyJ',
  'eyJaaaaaaaa',
  'eyJaaaaaaaa.',
  'eyJaaaaaaaa-',
  'eyJaaaaaaaa.a.',
  'eyJaaaaaaaa.a.a-',
  'sk-',
  '-sk-',
  'sk-aaaaaaaa ',
  'http://',
  'http://a:',
  'http://a:a',
  'http://a:@',
  'http://a:a@',
  'http:',
  'redis://:',
  'postgres://a-',
  'wss://-wss',
  ':@',
  '://',
  '://@',
];

/** Returns letters in random order, the same each time. */
function random(alphabet: string, bytes: number): string {
  let state = 12_345;
  return Array.from(
    { length: bytes },
    () => alphabet[(state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % alphabet.length],
  ).join('');
}

const filled = (piece: string, bytes: number): string =>
  piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes);

const shapes: [string, (bytes: number) => string][] = [
  ...PIECES.flatMap((piece): [string, (bytes: number) => string][] => [
    [JSON.stringify(piece), (bytes) => filled(piece, bytes)],
    [
      `eyJ, sk-, ://, + and @, then ${JSON.stringify(piece)}`,
      (bytes) => `eyJ sk- :// + @ ${filled(piece, bytes)}`,
    ],
    [`${JSON.stringify(piece)} with @ behind`, (bytes) => `${filled(piece, bytes)}@`],
  ]),
  ...['a.-@', 'eyJsk-.@:/+1 ', 'http:/@".-a'].map((alphabet): [string, (bytes: number) => string] => [
    `random of ${JSON.stringify(alphabet)}`,
    (bytes) => random(alphabet, bytes),
  ]),
];

function msOf(line: string): number {
  const begun = performance.now();
  scrub(line);
  return performance.now() - begun;
}

/**
 * Returns how many times longer the long line takes, each by its shortest run; the runs alternate, so that
 * other load on the machine meets both.
 */
function growthOf(short: string, long: string): number {
  let shortest = Number.POSITIVE_INFINITY;
  let longest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    shortest = Math.min(shortest, msOf(short));
    longest = Math.min(longest, msOf(long));
  }
  return longest / Math.max(shortest, LEAST_MS);
}

/** A quadratic pattern grows in every attempt, a busy machine only in some. */
function leastGrowthOf(short: string, long: string): number {
  let growth = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && growth >= MOST_GROWTH; attempt += 1)
    growth = Math.min(growth, growthOf(short, long));
  return growth;
}

describe('a log line with text of a client', () => {
  it.each(shapes)('takes time in proportion to its length: %s', (_name, ofBytes) => {
    expect(leastGrowthOf(ofBytes(SHORT_BYTES), ofBytes(LONG_BYTES))).toBeLessThan(MOST_GROWTH);
  });
});
