import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StackError } from '../checkout/stack-error.ts';
import type { Source } from '../downloads/first-available.ts';
import { ensureSpeech, guidedEnvironment } from './ensure-speech.ts';
import {
  recogniserSources,
  synthesiserSources,
  type Recogniser,
  type Synthesiser,
} from './speech-sources.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-speech-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const flite: Synthesiser = { kind: 'flite', file: '/opt/flite', libraryPath: '/lib/a:/lib/b' };
const espeak: Synthesiser = { kind: 'espeak-ng', file: '/usr/bin/espeak-ng', libraryPath: null };
const pocketsphinx: Recogniser = {
  file: '/opt/pocketsphinx_continuous',
  modelDir: '/opt/model',
  libraryPath: '/lib/b:/lib/c',
};

function closed<Of>(name: string): Source<Of> {
  return { name, attempt: () => Promise.reject(new StackError('not found', 'install it')) };
}

function open<Of>(value: Of): Source<Of> {
  return { name: 'open', attempt: () => Promise.resolve(value) };
}

describe('speech programs', () => {
  it('are looked for on the machine first, flite before the others', () => {
    expect(synthesiserSources(folder).map(({ name }) => name)).toEqual([
      'flite on PATH',
      'Debian package flite',
      'espeak-ng on PATH',
      'say',
      'npm package @echogarden/espeak-ng-emscripten',
    ]);
    expect(recogniserSources(folder).map(({ name }) => name)).toEqual([
      'pocketsphinx on PATH',
      'Debian package pocketsphinx',
    ]);
  });

  it('are named in one line', async () => {
    const lines: string[] = [];
    const speech = await ensureSpeech({
      folder,
      log: (line) => lines.push(line),
      synthesiserSources: [open(flite)],
      recogniserSources: [open(pocketsphinx)],
    });
    expect(speech).toMatchObject({ synthesiser: flite, recogniser: pocketsphinx });
    expect(lines).toEqual(['Speech: flite speaks; pocketsphinx listens']);
  });

  it('are null when missing, with the reasons and what to install', async () => {
    const speech = await ensureSpeech({
      folder,
      synthesiserSources: [closed('flite on PATH'), open(espeak)],
      recogniserSources: [closed('PATH'), closed('Debian')],
    });
    expect(speech).toMatchObject({ synthesiser: espeak, recogniser: null });
    expect(speech.explanation).toBe(
      'Speech: espeak-ng speaks; no speech recognition (PATH: not found; Debian: not found). Install ' +
        'pocketsphinx and pocketsphinx-en-us so that the agent understands you.',
    );
  });
});

describe('environment of the guided engine', () => {
  it('names programs, model and each library folder once', () => {
    expect(guidedEnvironment({ synthesiser: flite, recogniser: pocketsphinx })).toEqual({
      GUIDED_FLITE_PATH: '/opt/flite',
      GUIDED_POCKETSPHINX_PATH: '/opt/pocketsphinx_continuous',
      GUIDED_POCKETSPHINX_MODEL_DIR: '/opt/model',
      GUIDED_LIBRARY_PATH: '/lib/a:/lib/b:/lib/c',
    });
  });

  it.each(['espeak-ng', 'say', 'espeak-wasm'] as const)('gives %s as espeak-ng', (kind) => {
    expect(guidedEnvironment({ synthesiser: { ...espeak, kind }, recogniser: null })).toEqual({
      GUIDED_ESPEAK_PATH: '/usr/bin/espeak-ng',
    });
  });

  it('is empty without programs', () => {
    expect(guidedEnvironment({ synthesiser: null, recogniser: null })).toEqual({});
  });
});
