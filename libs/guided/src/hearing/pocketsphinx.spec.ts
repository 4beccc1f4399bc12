import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@tandem/conversation/testing';
import { oneOf } from '../dialogue/phrase.ts';
import { ConcurrencyLimit } from '../speech/concurrency-limit.ts';
import { TempFolder } from '../speech/temp-folder.ts';
import { FakePrograms, gone } from '../testing/fake-program.ts';
import { PocketsphinxRecogniser } from './pocketsphinx.ts';

/** As pocketsphinx 5prealpha wrote it. */
const MESSAGES = `INFO: pocketsphinx.c(1168): the second one please (-2727)
word                 start end   pprob ascr       lscr       lback
<sil>                0     12    1.000 -118       -337       1  
the                  13    35    1.000 -319       0          1  
second               36    79    1.000 -450       0          1  
one(2)               80    108   1.000 -350       0          1  
please               109   165   1.000 -581       0          1  
<sil>                166   179   1.000 -235       -337       1  
INFO: fsg_search.c(263): TOTAL fsg 0.02 CPU 0.013 xRT`;
const GRAMMAR = oneOf('the second one please', 'yes please');
/** Sound where the words are said to be, over 1.8 s. */
const SOUND = Int16Array.from({ length: 28_800 }, (_, at) => (at > 2_100 && at < 26_500 ? 4_000 : 0));
const DICTIONARY =
  'one W AH N\none(2) HH W AH N\nplease P L IY Z\nsecond S EH K AH N D\nthe DH AH\nthe(2) DH IY\nyes Y ' +
  'EH S\nyesterday Y EH S T ER D EY\n';

let programs: FakePrograms;
let clock: ManualClock;
let folder: TempFolder;
const live = () => new AbortController().signal;

beforeEach(() => {
  programs = new FakePrograms();
  clock = new ManualClock();
  folder = new TempFolder();
  mkdirSync(join(programs.folder, 'en-us'));
  writeFileSync(join(programs.folder, 'cmudict-en-us.dict'), DICTIONARY);
});
afterEach(async () => {
  await folder.remove();
  programs.remove();
});

function recogniser(
  script: string,
  places = new ConcurrencyLimit('recognition', 2, 2),
): PocketsphinxRecogniser {
  const path = programs.write('pocketsphinx_continuous', script);
  return new PocketsphinxRecogniser({
    path,
    modelDir: programs.folder,
    libraryPath: undefined,
    timeoutMs: 5_000,
    places,
    folder,
    clock,
  });
}

const answering = (text: string, messages = MESSAGES): string =>
  `cat <<'END' >&2\n${messages}\nEND\necho '${text}'`;
const filesLeft = (): string[] =>
  readdirSync(dirname(folder.file('x'))).map((name) => name.replace(/^\w+/, ''));

describe('the recogniser', () => {
  it('hands the sound and the words of the grammar to the program, and reads its answer', async () => {
    const ears = recogniser(
      'while [ $# -gt 0 ]; do [ "$1" = -infile ] && wc -c < "$2" > "$HERE/size"; [ "$1" = -jsgf ] && cp ' +
        '"$2" "$HERE/jsgf"; [ "$1" = -dict ] && cp "$2" "$HERE/dict"; [ "$1" = -hmm ] && echo "$2" > ' +
        `"$HERE/hmm"; shift; done\n${answering('the second one please')}`,
    );
    await expect(ears.recognise(SOUND, GRAMMAR, live())).resolves.toEqual({
      text: 'the second one please',
      score: -1700 / 153,
    });
    expect(Number(programs.read('size'))).toBe(SOUND.byteLength);
    expect(programs.read('jsgf')).toContain('public <turn> = ( the second one please | yes please );');
    expect(programs.read('dict').trim().split('\n').sort()).toEqual([
      'one W AH N',
      'one(2) HH W AH N',
      'please P L IY Z',
      'second S EH K AH N D',
      'second(2) T EH K AH N D',
      'the DH AH',
      'the(2) DH IY',
      'yes Y EH S',
    ]);
    expect(programs.read('hmm').trim()).toBe(join(programs.folder, 'en-us'));
  });

  it('leaves no sound behind, and writes a grammar once', async () => {
    const ears = recogniser(answering('the second one please'));
    for (let time = 0; time < 3; time += 1) await ears.recognise(SOUND, GRAMMAR, live());
    await ears.recognise(SOUND, oneOf('yes'), live());
    expect(filesLeft().sort()).toEqual(['.dict', '.dict', '.jsgf', '.jsgf']);
  });

  it.each([
    ['an answer that is not in the messages', answering('yes please')],
    ['a path that ends in the middle', answering('')],
    [
      'words the grammar does not have',
      answering('the yesterday', 'the 13 35 1.000 -319 0 1\nyesterday 36 150 1.000 -450 0 1'),
    ],
    [
      'words that do not fit the sound',
      answering('the second one please', MESSAGES.replaceAll(/-(319|450|350|581)/g, '-2000')),
    ],
    ['words for the smaller part of what was said', answering('the', 'the 13 35 1.000 -319 0 1')],
    ['no words', answering('', '')],
    ['bytes of no kind', "printf '\\377\\000\\012\\201one\\012'; printf '\\303\\050 1 2 3 4 5 6\\012' >&2"],
    ['numbers out of this world', answering('the', 'the 99999999999999999999 1 1.000 -319 0 1')],
  ])('takes no %s', async (_name, script) => {
    const ears = recogniser(script);
    await expect(ears.recognise(SOUND, GRAMMAR, live())).resolves.toBeNull();
    expect(ears.rejected).toBe(1);
  });

  it('gives up on a program that hangs, and leaves neither it nor its files', async () => {
    const ears = recogniser('echo $$ > "$HERE/pid"; exec sleep 60');
    const run = ears.recognise(SOUND, GRAMMAR, live());
    run.catch(() => undefined);
    const pid = Number(await programs.written('pid'));
    await clock.pass(5_000);
    await expect(run).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'recognition-timed-out',
      retryable: true,
    });
    await gone(pid);
    expect(filesLeft().sort()).toEqual(['.dict', '.jsgf']);
  });

  it.each([
    ['exit 1', 'recognition-exit-code'],
    ['yes', 'recognition-too-much-output'],
  ])('says what went wrong when the program does "%s"', async (script, code) => {
    await expect(recogniser(script).recognise(SOUND, GRAMMAR, live())).rejects.toMatchObject({ code });
  });

  it('stops the program of a call that is over', async () => {
    const ears = recogniser('echo $$ > "$HERE/pid"; exec sleep 60');
    const aborted = new AbortController();
    const run = ears.recognise(SOUND, GRAMMAR, aborted.signal);
    run.catch(() => undefined);
    const pid = Number(await programs.written('pid'));
    aborted.abort();
    await expect(run).rejects.toMatchObject({ code: 'recognition-aborted' });
    await gone(pid);
  });

  it('runs as many at a time as it may, and turns away what is too much', async () => {
    const ears = recogniser(
      `${answering('the second one please')}`,
      new ConcurrencyLimit('recognition', 1, 0),
    );
    const [first, second] = await Promise.allSettled([
      ears.recognise(SOUND, GRAMMAR, live()),
      ears.recognise(SOUND, GRAMMAR, live()),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { code: 'recognition-busy', category: 'rate-limit' },
    });
  });

  it('tries again after a dictionary that could not be read', async () => {
    const ears = recogniser(answering('the second one please'));
    programs.remove();
    await expect(ears.recognise(SOUND, GRAMMAR, live())).rejects.toMatchObject({ code: 'recognition-files' });
    mkdirSync(programs.folder);
    writeFileSync(join(programs.folder, 'cmudict-en-us.dict'), DICTIONARY);
    programs.write('pocketsphinx_continuous', answering('the second one please'));
    await expect(ears.recognise(SOUND, GRAMMAR, live())).resolves.not.toBeNull();
  });
});
