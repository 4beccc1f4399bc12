import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { makeFolder } from '../checkout/checkout.ts';

type StandInEngine = 'say' | 'wasm';

/**
 * Writes a program that takes espeak-ng's command line and speaks by another engine, so that users of
 * espeak-ng need no third kind of synthesiser.
 * @param enginePath the `say` program, or espeak-ng.js of the WebAssembly package
 * @returns path of the program
 */
export function writeEspeakStandIn(cache: string, engine: StandInEngine, enginePath: string): string {
  const file = join(makeFolder(join(cache, 'bin')), `espeak-ng-by-${engine}`);
  const command = join(import.meta.dirname, `espeak-command${extname(import.meta.filename)}`);
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(
    aside,
    `#!/bin/sh\nexec ${[process.execPath, command, engine, enginePath].map(quote).join(' ')} "$@"\n`,
    { mode: 0o755 },
  );
  renameSync(aside, file);
  return file;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
