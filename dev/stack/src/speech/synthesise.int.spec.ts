import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readWav, writeWav } from '@tandem/kit';
import { runCommand } from '../process/run-command.ts';
import { ensureSpeech, type Speech } from './ensure-speech.ts';
import { writeEspeakStandIn } from './espeak-stand-in.ts';
import type { Synthesiser } from './speech-sources.ts';
import { synthesise } from './synthesise.ts';

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-synthesis-'));
  writeFileSync(
    join(folder, 'tone.wav'),
    writeWav({ samples: new Int16Array(16_000).fill(1_000), rateHz: 16_000 }),
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A shell script in the place of a program; it notes its arguments, one line per run. */
function program(name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> '${folder}/runs'\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

function runs(): string[] {
  return readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n');
}

function speechOf(synthesiser: Synthesiser): Promise<Speech> {
  return ensureSpeech({
    folder,
    synthesiserSources: [{ name: 'script', attempt: () => Promise.resolve(synthesiser) }],
    recogniserSources: [],
  });
}

/** A script that copies the tone to its last argument, the output file. */
const COPY_TONE = (whole: string) => `for last; do :; done; cp '${whole}/tone.wav' "$last"`;

describe('synthesis', () => {
  it('speaks by flite at 8 kHz, and from the cache the second time', async () => {
    const speech = await speechOf({
      kind: 'flite',
      file: program('flite', COPY_TONE(folder)),
      libraryPath: null,
    });
    const first = await synthesise(speech, 'tomorrow please', { voice: 'rms' });
    expect(first).toHaveLength(8_000);
    expect(first[4_000]).toBe(1_000);
    expect(await synthesise(speech, 'tomorrow please', { voice: 'rms' })).toEqual(first);
    expect(runs()).toEqual([expect.stringMatching(/^-voice rms -t tomorrow please -o /)]);
    await synthesise(speech, 'tomorrow please');
    expect(runs()).toHaveLength(2);
  });

  it('speaks by espeak-ng with the text on standard input', async () => {
    const script = program('espeak-ng', `cat > '${folder}/text'; cp '${folder}/tone.wav' "$4"`);
    expect(
      await synthesise(
        await speechOf({ kind: 'espeak-ng', file: script, libraryPath: null }),
        '-v is no option',
      ),
    ).toHaveLength(8_000);
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('-v is no option');
  });

  it("reports a failure with the program's output, and does not cache it", async () => {
    const speech = await speechOf({
      kind: 'flite',
      file: program('flite', 'echo "no such voice" >&2; exit 1'),
      libraryPath: null,
    });
    await expect(synthesise(speech, 'hello')).rejects.toThrow('flite could not speak: no such voice');
    expect(readdirSync(speech.cacheFolder)).toEqual([]);
  });

  it('of an empty text is silence; a book, and a missing program, are refused', async () => {
    const speech = await speechOf({ kind: 'flite', file: '/nowhere/flite', libraryPath: null });
    expect(await synthesise(speech, ' ')).toHaveLength(0);
    await expect(synthesise(speech, 'x'.repeat(5_001))).rejects.toThrow('too long');
    await expect(synthesise({ ...speech, synthesiser: null }, 'hello')).rejects.toThrow(
      'no speech synthesis here',
    );
  });
});

describe('the stand-in for espeak-ng', () => {
  it("speaks by macOS's say with espeak-ng's command line", async () => {
    const say = program('say', `cat > '${folder}/text'; cp '${folder}/tone.wav' "$2"`);
    const file = writeEspeakStandIn(join(folder, "it's a cache"), 'say', say);
    const done = await runCommand(file, ['-v', 'en-us', '-s', '150', '--stdout', 'good morning'], {
      timeoutMs: 20_000,
    });
    expect(done).toMatchObject({ code: 0, complaint: '' });
    expect(readWav(done.output).samples).toHaveLength(16_000);
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('good morning');
    expect(runs()).toEqual([
      expect.stringMatching(/^-o .*speech\.wav --data-format=LEI16@16000 -r 150 -f -$/),
    ]);
  });

  it('says why it cannot speak', async () => {
    const file = writeEspeakStandIn(folder, 'say', program('say', 'echo "no audio" >&2; exit 2'));
    expect(await runCommand(file, ['hello'], { timeoutMs: 20_000 })).toMatchObject({
      code: 1,
      complaint: 'say failed: no audio',
    });
    expect(await runCommand(file, ['--voices'], { timeoutMs: 20_000 })).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('--voices'),
    });
  });
});
