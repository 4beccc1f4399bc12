// Measures how well the guided engine recognises speech over a telephone line: speaks sentences of each
// step's grammar with flite's voices, sends them as µ-law through voice detection to pocketsphinx, and
// compares the results.
// node libs/guided/dist/bench/guided-recognition.bench.js --flite <path> --pocketsphinx <path> --model
// <folder> [--libraries <LD_LIBRARY_PATH>] [--phrases 40] [--seed 1] [--noise <rms of 16 bit>] [--failures]
import { parseArgs } from 'node:util';
import { decodeMulaw, encodeMulaw, RealClock } from '@tandem/conversation';
import { GRAMMAR_NAMES, grammarOf, type GrammarFacts } from '../dialogue/grammars.ts';
import { readMeaning } from '../dialogue/meaning.ts';
import { sampleOf, type Phrase } from '../dialogue/phrase.ts';
import { toRecogniser } from '../hearing/line-audio.ts';
import { PocketsphinxRecogniser } from '../hearing/pocketsphinx.ts';
import { UtteranceDetector, utteranceRules } from '../hearing/vad.ts';
import { FRAME_SAMPLES, openVoiceDetector } from '../hearing/voice-detector.ts';
import { ConcurrencyLimit } from '../speech/concurrency-limit.ts';
import { LocalSpeech } from '../speech/local-speech.ts';
import { TempFolder } from '../speech/temp-folder.ts';

const { values } = parseArgs({
  options: {
    flite: { type: 'string' },
    pocketsphinx: { type: 'string' },
    model: { type: 'string' },
    libraries: { type: 'string' },
    phrases: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    noise: { type: 'string', default: '0' },
    failures: { type: 'boolean', default: false },
  },
});
if (!values.flite || !values.pocketsphinx || !values.model) {
  console.error('Give --flite, --pocketsphinx and --model.');
  process.exit(2);
}

const VOICES = ['slt', 'rms', 'awb'];
const FACTS: GrammarFacts = { times: ['nine', 'ten thirty', 'two'], months: ['march', 'april', 'may'] };
/** A sentence of no grammar: it should be refused, not forced into another sentence. */
const STRANGE = [
  ...[
    'what is the weather like in paris',
    'my dog ate the newspaper yesterday',
    'do you sell garden furniture',
    'how much does it cost',
  ],
  ...[
    'i am calling about an invoice',
    'who won the football match',
    'the quick brown fox jumps over the lazy dog',
    'are you a robot',
  ],
];

const folder = new TempFolder();
const clock = new RealClock((error) => {
  throw error;
});
const shared = { libraryPath: values.libraries, timeoutMs: 10_000, folder, clock };
const speech = new LocalSpeech({
  ...shared,
  flitePath: values.flite,
  espeakPath: undefined,
  places: new ConcurrencyLimit('speech', 1, 8),
});
const recogniser = new PocketsphinxRecogniser({
  ...shared,
  path: values.pocketsphinx,
  modelDir: values.model,
  places: new ConcurrencyLimit('recognition', 1, 8),
});
const random = seeded(Number(values.seed));
const never = new AbortController().signal;

interface Tally {
  phrases: number;
  words: number;
  meanings: number;
  of: number;
  ofWords: number;
}

console.log(`${values.phrases} phrases a step and voice, seed ${values.seed}, noise ${values.noise}`);
console.log(['step', 'voice', 'phrase', 'word', 'meaning'].map((head) => head.padEnd(9)).join(''));
const totals = new Map<string, Tally>(VOICES.map((voice) => [voice, emptyTally()]));
for (const step of GRAMMAR_NAMES) {
  const grammar = grammarOf(step, FACTS);
  const texts = distinctSamples(grammar, Number(values.phrases));
  for (const voice of VOICES) {
    const tally = emptyTally();
    for (const text of texts) {
      const heard = await hear(voice, text, grammar);
      count(tally, text, heard);
      if (values.failures && heard !== text)
        console.log(`  ${step} ${voice}: "${text}" heard as ${heard === null ? 'nothing' : `"${heard}"`}`);
    }
    report(step, voice, tally);
    add(totals.get(voice), tally);
  }
}
for (const [voice, tally] of totals) report('all', voice, tally);
let refused = 0;
let asked = 0;
for (const step of GRAMMAR_NAMES) {
  for (const voice of VOICES) {
    for (const text of STRANGE) {
      asked += 1;
      if ((await hear(voice, text, grammarOf(step, FACTS))) === null) refused += 1;
    }
  }
}
console.log(`refused of what no grammar has: ${percent(refused, asked)}`);
await folder.remove();

async function hear(voice: string, text: string, grammar: Phrase): Promise<string | null> {
  const spoken = decodeMulaw(await speech.speak(text, { voice, speed: 1 }, never));
  const utterance = await cut(onTheLine(spoken));
  const found = utterance ? await recogniser.recognise(toRecogniser(utterance), grammar, never) : null;
  return found?.text ?? null;
}

/** Adds a second of line noise before and after, and encodes it all as the line does. */
function onTheLine(spoken: Int16Array): Int16Array {
  const level = Number(values.noise) * Math.sqrt(3);
  const line = new Int16Array(spoken.length + 16_000);
  line.set(spoken, 8_000);
  return decodeMulaw(encodeMulaw(line.map((sample) => sample + Math.round((2 * random() - 1) * level))));
}

async function cut(line: Int16Array): Promise<Int16Array | null> {
  const detector = await openVoiceDetector();
  const ears = new UtteranceDetector(
    detector,
    utteranceRules({ kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 }, 15_000),
  );
  const frames: Int16Array[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= line.length; at += FRAME_SAMPLES) {
    const event = ears.push(line.slice(at, at + FRAME_SAMPLES));
    if (event?.kind === 'stopped') frames.push(...event.frames);
  }
  detector.free();
  if (frames.length === 0) return null;
  const utterance = new Int16Array(frames.length * FRAME_SAMPLES);
  frames.forEach((frame, index) => utterance.set(frame, index * FRAME_SAMPLES));
  return utterance;
}

function distinctSamples(grammar: Phrase, wanted: number): string[] {
  const texts = new Set<string>();
  for (let tries = 0; texts.size < wanted && tries < wanted * 100; tries += 1)
    texts.add(sampleOf(grammar, (options) => Math.floor(random() * options)));
  return [...texts];
}

function emptyTally(): Tally {
  return { phrases: 0, words: 0, meanings: 0, of: 0, ofWords: 0 };
}

function count(tally: Tally, text: string, heard: string | null): void {
  const wanted = text.split(' ');
  tally.of += 1;
  tally.ofWords += wanted.length;
  tally.words += Math.max(0, wanted.length - distance(wanted, heard?.split(' ') ?? []));
  if (heard === text) tally.phrases += 1;
  if (
    heard !== null &&
    JSON.stringify(sorted(readMeaning(heard))) === JSON.stringify(sorted(readMeaning(text)))
  )
    tally.meanings += 1;
}

function sorted(meaning: object): object {
  return Object.fromEntries(Object.entries(meaning).sort(([a], [b]) => a.localeCompare(b)));
}

function add(total: Tally | undefined, tally: Tally): void {
  if (!total) return;
  for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
}

/** Levenshtein, in words. */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, index) => index + 1);
  for (const [index, word] of a.entries()) {
    let left = index + 1;
    row = row.map((above, at) => {
      const diagonal = at === 0 ? index : (row[at - 1] as number);
      left = Math.min(above + 1, left + 1, diagonal + (word === b[at] ? 0 : 1));
      return left;
    });
  }
  return row.at(-1) ?? a.length;
}

function report(step: string, voice: string, tally: Tally): void {
  const figures = [
    percent(tally.phrases, tally.of),
    percent(tally.words, tally.ofWords),
    percent(tally.meanings, tally.of),
  ];
  console.log([step, voice, ...figures].map((cell) => cell.padEnd(9)).join(''));
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
