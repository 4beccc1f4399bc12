import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StackError } from '../checkout/stack-error.ts';
import { debianPackages, programOf } from '../downloads/debian.ts';
import type { Source } from '../downloads/first-available.ts';
import { npmPackage } from '../downloads/npm.ts';
import { findProgram } from '../process/run-command.ts';
import { writeEspeakStandIn } from './espeak-stand-in.ts';

const ESPEAK_WASM = { name: '@echogarden/espeak-ng-emscripten', version: '0.3.5' };

/**
 * A speech synthesiser. All but flite understand espeak-ng's command line; `say` and `espeak-wasm` through a
 * stand-in written to the cache.
 */
export interface Synthesiser {
  readonly kind: 'flite' | 'espeak-ng' | 'say' | 'espeak-wasm';
  readonly file: string;
  readonly libraryPath: string | null;
}

/** pocketsphinx_continuous and its English model. */
export interface Recogniser {
  readonly file: string;
  /** Holds en-us (the acoustic model) and cmudict-en-us.dict. */
  readonly modelDir: string;
  readonly libraryPath: string | null;
}

/** flite comes first: the recogniser understands its voices best. */
export function synthesiserSources(cache: string): Source<Synthesiser>[] {
  return [
    { name: 'flite on PATH', attempt: () => onPath('flite', 'flite') },
    { name: 'Debian package flite', attempt: () => fliteFromDebian(cache) },
    { name: 'espeak-ng on PATH', attempt: () => onPath('espeak-ng', 'espeak-ng') },
    { name: 'say', attempt: () => sayOfMacos(cache) },
    { name: `npm package ${ESPEAK_WASM.name}`, attempt: () => espeakFromNpm(cache) },
  ];
}

export function recogniserSources(cache: string): Source<Recogniser>[] {
  return [
    { name: 'pocketsphinx on PATH', attempt: () => Promise.resolve(recogniserOnPath()) },
    { name: 'Debian package pocketsphinx', attempt: () => recogniserFromDebian(cache) },
  ];
}

function onPath(name: string, kind: Synthesiser['kind']): Promise<Synthesiser> {
  const file = findProgram(name);
  if (!file) return Promise.reject(new StackError('not found', `Install ${name}.`));
  return Promise.resolve({ kind, file, libraryPath: null });
}

async function fliteFromDebian(cache: string): Promise<Synthesiser> {
  const tree = await debianPackages(cache, ['flite']);
  const file = programOf(tree, 'flite');
  if (!file) throw new StackError('the package holds no flite', 'Install flite.');
  return { kind: 'flite', file, libraryPath: tree.libraryPath };
}

function sayOfMacos(cache: string): Promise<Synthesiser> {
  const say = process.platform === 'darwin' ? findProgram('say') : null;
  if (!say) return Promise.reject(new StackError('this is not macOS', 'Use another one.'));
  return Promise.resolve({ kind: 'say', file: writeEspeakStandIn(cache, 'say', say), libraryPath: null });
}

async function espeakFromNpm(cache: string): Promise<Synthesiser> {
  const folder = await npmPackage(cache, ESPEAK_WASM.name, ESPEAK_WASM.version);
  return {
    kind: 'espeak-wasm',
    file: writeEspeakStandIn(cache, 'wasm', join(folder, 'espeak-ng.js')),
    libraryPath: null,
  };
}

function recogniserOnPath(): Recogniser {
  const file = findProgram('pocketsphinx_continuous');
  if (!file) throw new StackError('not found', 'Install pocketsphinx.');
  const modelDir = modelDirIn([
    join(dirname(dirname(file)), 'share'),
    '/usr/share',
    '/usr/local/share',
    '/opt/homebrew/share',
  ]);
  if (!modelDir) throw new StackError('its English model was not found', 'Install pocketsphinx-en-us.');
  return { file, modelDir, libraryPath: null };
}

/** The system may have one of the two packages installed: then the tree holds only the other. */
async function recogniserFromDebian(cache: string): Promise<Recogniser> {
  const tree = await debianPackages(cache, ['pocketsphinx', 'pocketsphinx-en-us']);
  const file = programOf(tree, 'pocketsphinx_continuous');
  const modelDir = modelDirIn([join(tree.root, 'usr/share'), '/usr/share']);
  if (!file || !modelDir)
    throw new StackError(
      'the packages hold no pocketsphinx_continuous with an English model',
      'Install them by hand.',
    );
  return { file, modelDir, libraryPath: tree.libraryPath };
}

function modelDirIn(shares: readonly string[]): string | null {
  const candidates = shares.map((share) => join(share, 'pocketsphinx/model/en-us'));
  return (
    candidates.find(
      (folder) => existsSync(join(folder, 'en-us/mdef')) && existsSync(join(folder, 'cmudict-en-us.dict')),
    ) ?? null
  );
}
