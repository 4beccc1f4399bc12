import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { REFUSAL_REASONS } from '@tandem/contracts';
import { readWav } from '@tandem/kit';
import { ensureSpeech } from '@tandem/stack';
import { makeSounds, readTexts, SOUND_TEXTS } from './make-sounds.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-sounds-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const file = join(folder, 'texts.json');
  writeFileSync(file, content);
  return file;
}

describe('the sounds of a PBX', () => {
  it('have words for every reason for which a caller is refused, and for a caller in the line', () => {
    // A caller who has hung up hears nothing.
    const refusals = REFUSAL_REASONS.filter((reason) => reason !== 'abandoned');
    expect([...readTexts(SOUND_TEXTS).keys()].toSorted()).toEqual(
      ['apology', 'notice', 'operator-question', 'callback-offer', 'position', ...refusals].toSorted(),
    );
  });

  it('are spoken into files that Asterisk plays', async () => {
    const written: string[] = [];
    const texts = readTexts(fileWith('{"notice": "This call is recorded.", "closed": "We are closed."}'));
    const speech = await ensureSpeech();
    await makeSounds(speech, texts, {
      folder: join(folder, 'tandem'),
      voice: 'slt',
      onWritten: (file) => written.push(file),
    });
    expect(written.map((file) => basename(file))).toEqual(['notice.wav', 'closed.wav']);
    for (const file of written) {
      const { samples, rateHz } = readWav(readFileSync(file));
      expect(rateHz).toBe(8_000);
      expect(samples.length).toBeGreaterThan(4_000);
      expect(samples.some((sample) => Math.abs(sample) > 1_000)).toBe(true);
    }
  });

  it('are refused without their file, or with a folder in its place', () => {
    const missing = join(folder, 'missing.json');
    expect(() => readTexts(missing)).toThrow(`${missing} cannot be read`);
    expect(() => readTexts(folder)).toThrow(`${folder} cannot be read`);
  });

  it.each([
    ['no JSON', '{"notice": '],
    ['nothing', '{}'],
    ['a list', '["We are closed."]'],
    ['a name that leads to another folder', '{"../closed": "We are closed."}'],
    ['a text that is none', '{"closed": 7}'],
    ['an empty text', '{"closed": " "}'],
    ['a text that no program can be given', '{"closed": "We are \\u0000 closed."}'],
  ])('are refused with %s, and the file is named', (_what, content) => {
    const file = fileWith(content);
    expect(() => readTexts(file)).toThrow(file);
  });
});
