import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeMulaw } from '@tandem/conversation';
import { ManualClock } from '@tandem/conversation/testing';
import fc from 'fast-check';
import { FakePrograms } from '../testing/fake-program.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { LocalSpeech } from './local-speech.ts';
import { pronounceable } from './pronounceable.ts';
import { sentencesOf, spokenWords } from './sentences.ts';
import { SpeechCache } from './speech-cache.ts';
import type { Synthesiser } from './synthesiser.ts';
import { TempFolder } from './temp-folder.ts';

const live = () => new AbortController().signal;
const delivery = { voice: 'slt', speed: 1 };

function wav(rateHz: number, samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

const tone = (rateHz: number, seconds: number): Int16Array =>
  Int16Array.from({ length: rateHz * seconds }, (_, at) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * 440 * at) / rateHz)),
  );

describe('local speech', () => {
  let programs: FakePrograms;
  let folder: TempFolder;

  beforeEach(() => {
    programs = new FakePrograms();
    folder = new TempFolder();
    writeFileSync(join(programs.folder, 'flite.wav'), wav(16_000, tone(16_000, 0.5)));
    writeFileSync(join(programs.folder, 'espeak.wav'), wav(22_050, tone(22_050, 0.5)));
  });
  afterEach(async () => {
    await folder.remove();
    programs.remove();
  });

  function speech(
    flite: string | null,
    espeak: string | null,
    places = new ConcurrencyLimit('speech', 2, 2),
  ): LocalSpeech {
    return new LocalSpeech({
      flitePath: flite === null ? undefined : programs.write('flite', flite),
      espeakPath: espeak === null ? undefined : programs.write('espeak', espeak),
      ...{ libraryPath: undefined, timeoutMs: 5_000, places, folder, clock: new ManualClock() },
    });
  }

  const FLITE =
    'cat > "$HERE/text"; echo "$@" > "$HERE/args"; for last; do :; done; cp "$HERE/flite.wav" "$last"';
  const ESPEAK =
    'cat > "$HERE/text"; echo "$@" > "$HERE/args"; while [ "$1" != -w ]; do shift; done; cp ' +
    '"$HERE/espeak.wav" "$2"';

  it('speaks by flite, keeping the words off the command line', async () => {
    const sound = await speech(FLITE, ESPEAK).speak('Hello there.', { voice: 'slt', speed: 1.25 }, live());
    expect(programs.read('text')).toBe('Hello there.\n');
    expect(programs.read('args')).toMatch(/^-voice slt --setf duration_stretch=0\.800 -f - -o \S+\.wav\n$/);
    expect(Math.abs(sound.length - 4_000)).toBeLessThan(40);
    expect(Math.max(...decodeMulaw(sound))).toBeGreaterThan(7_000);
    expect(readdirSync(dirname(folder.file('x')))).toEqual([]);
  });

  it('speaks by espeak-ng at its own rate where flite is not, or fails', async () => {
    const alone = await speech(null, ESPEAK).speak('Hello.', { voice: 'awb', speed: 1 }, live());
    expect(programs.read('args')).toMatch(/^-v en-gb -s 165 -w \S+\.wav --stdin\n$/);
    expect(Math.abs(alone.length - 4_000)).toBeLessThan(40);
    const second = await speech('exit 1', ESPEAK).speak('Hello.', delivery, live());
    expect(second).toEqual(alone);
  });

  it('takes a near voice for one that is not there, and a pace that can be spoken', async () => {
    await speech(FLITE, null).speak('Hello.', { voice: 'marin', speed: 100 }, live());
    expect(programs.read('args')).toMatch(/^-voice slt --setf duration_stretch=0\.500/);
  });

  it.each([
    'exit 0',
    'while [ $# -gt 1 ]; do case "$1" in -o|-w) echo nonsense > "$2";; esac; shift; done',
    'exit 1',
  ])('says so when nothing can speak ("%s")', async (script) => {
    await expect(speech(script, script).speak('Hello.', delivery, live())).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'speech-failed',
    });
  });

  it('does not try the second program for a call that is over or a queue that is full', async () => {
    const over = new AbortController();
    over.abort();
    await expect(speech(FLITE, ESPEAK).speak('Hello.', delivery, over.signal)).rejects.toMatchObject({
      code: 'speech-failed',
    });
    expect(programs.read('args')).toBe('');
    const full = speech(FLITE, ESPEAK, new ConcurrencyLimit('speech', 0, 0));
    await expect(full.speak('Hello.', delivery, live())).rejects.toMatchObject({
      code: 'speech-busy',
      category: 'rate-limit',
    });
  });

  it('cuts the silence around the words, but not all of it', async () => {
    const padded = new Int16Array(32_000);
    padded.set(tone(16_000, 0.5), 12_000);
    writeFileSync(join(programs.folder, 'flite.wav'), wav(16_000, padded));
    const sound = await speech(FLITE, null).speak('Hello.', delivery, live());
    expect(Math.abs(sound.length - (4_000 + 320 + 1_280))).toBeLessThan(40);
  });
});

describe('sentences', () => {
  it('are spoken one by one', () => {
    expect(sentencesOf('Hello.  How are\nyou? For Monday, March 3rd: morning!')).toEqual([
      'Hello.',
      'How are you?',
      'For Monday, March 3rd: morning!',
    ]);
    expect(sentencesOf('  ')).toEqual([]);
  });

  it('lose no word, and are never too long to begin soon', () => {
    const text = fc
      .array(fc.constantFrom('well', 'then,', 'yes.', 'no!', 'a', 'x'.repeat(300), 'why?'), {
        maxLength: 120,
      })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, (given) => {
        const sentences = sentencesOf(given);
        expect(sentences.join('').replaceAll(' ', '')).toBe(given.replaceAll(' ', ''));
        for (const sentence of sentences) expect(sentence.length).toBeLessThanOrEqual(220);
      }),
    );
  });

  it('share their sound among their words, all of it and in order', () => {
    const texts = fc
      .array(fc.constantFrom('a', 'morning', 'thirty,', 'yes.'), { minLength: 1, maxLength: 20 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(texts, fc.uint8Array({ maxLength: 500 }), (sentence, sound) => {
        const words = spokenWords(sentence, sound);
        expect(words.map(({ text }) => text).join('')).toBe(sentence);
        expect(words.flatMap((word) => [...word.sound])).toEqual([...sound]);
      }),
    );
  });
});

describe('pronounceable text', () => {
  it.each([
    ['Your reference is NW-4821.', 'Your reference is N W 4 8 2 1.'],
    ['I am a guided demo, not an AI.', 'I am a guided demo, not an A I.'],
    ['March 3rd at 9', 'March 3rd at 9'],
    ['<break time="9s"/> [[x]] a\u0000b\nc', 'break time "9s"/ x a b c'],
    ['Anna’s – visit', "Anna's , visit"],
  ])('of "%s" is "%s"', (text, spoken) => {
    expect(pronounceable(text)).toBe(spoken);
  });

  it('is one bounded line without marks a program might obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const spoken = pronounceable(text);
        expect(spoken).not.toMatch(/[<>[\]{}\n\0]/);
        expect(spoken.length).toBeLessThanOrEqual(4_000);
      }),
    );
  });
});

describe('the speech cache', () => {
  function counted(): Synthesiser & { calls: string[] } {
    const calls: string[] = [];
    return {
      calls,
      speak: (text) => {
        calls.push(text);
        return text === 'fails' ? Promise.reject(new RangeError('no')) : Promise.resolve(new Uint8Array(100));
      },
    };
  }

  it('speaks a sentence once for each voice and pace', async () => {
    const source = counted();
    const cache = new SpeechCache(source, 1_000);
    const first = await cache.speak('a', delivery, live());
    expect(await cache.speak('a', delivery, live())).toBe(first);
    await cache.speak('a', { voice: 'rms', speed: 1 }, live());
    await cache.speak('a', { voice: 'slt', speed: 1.5 }, live());
    expect(source.calls).toEqual(['a', 'a', 'a']);
  });

  it('forgets the longest unused beyond its bound, and keeps nothing larger than it', async () => {
    const source = counted();
    const cache = new SpeechCache(source, 250);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.speak(text, delivery, live());
    expect(source.calls).toEqual(['a', 'b', 'c', 'b']);
    const tiny = new SpeechCache(source, 50);
    await tiny.speak('d', delivery, live());
    await tiny.speak('d', delivery, live());
    expect(source.calls.slice(4)).toEqual(['d', 'd']);
  });

  it('keeps no failure', async () => {
    const source = counted();
    const cache = new SpeechCache(source, 1_000);
    await expect(cache.speak('fails', delivery, live())).rejects.toThrow('no');
    await expect(cache.speak('fails', delivery, live())).rejects.toThrow('no');
    expect(source.calls).toHaveLength(2);
  });
});
