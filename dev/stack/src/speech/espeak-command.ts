// A process of its own with espeak-ng's command line. The engine is GPL-3 in one case
// (@echogarden/espeak-ng-emscripten): it is fetched on demand, is no dependency, and is loaded in no other
// process.
//   node espeak-command.js say|wasm <path of the engine> [espeak-ng's options] [text]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { writeWav } from '@tandem/kit';
import { runCommand } from '../process/run-command.ts';
import { readEspeakOptions, type EspeakRequest } from './espeak-options.ts';

const SAY_LIMIT_MS = 60_000;

/**
 * The part of @echogarden/espeak-ng-emscripten 0.3.5 that is used here; set_voice returns 0 for a known
 * voice.
 */
interface EspeakWorker {
  readonly samplerate: number;
  set_voice(name: string): number;
  set_rate(wordsPerMinute: number): void;
  synthesize(text: string, onAudio: (piece: Int16Array | null) => boolean): void;
}

interface EspeakModule {
  readonly default: () => Promise<{ eSpeakNGWorker: new () => EspeakWorker }>;
}

/**
 * say(1): the name of the output decides on WAVE; `-f -` reads the text from standard input. Its voices have
 * names of their own.
 */
async function speakBySay(say: string, words: string, request: EspeakRequest): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-say-'));
  try {
    const file = join(folder, 'speech.wav');
    const rate = request.rate === null ? [] : ['-r', String(request.rate)];
    const done = await runCommand(say, ['-o', file, '--data-format=LEI16@16000', ...rate, '-f', '-'], {
      timeoutMs: SAY_LIMIT_MS,
      input: words,
    });
    if (done.code !== 0) throw new Error(`say failed: ${done.complaint}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function speakByWasm(module: string, words: string, request: EspeakRequest): Promise<Buffer> {
  const { default: load } = (await import(pathToFileURL(module).href)) as EspeakModule;
  const worker = new (await load()).eSpeakNGWorker();
  if (worker.set_voice(request.voice) !== 0) throw new Error(`espeak-ng has no voice "${request.voice}".`);
  if (request.rate !== null) worker.set_rate(request.rate);
  const pieces: Buffer[] = [];
  worker.synthesize(words, (piece) => {
    if (piece) pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    return false;
  });
  const bytes = Buffer.concat(pieces);
  return writeWav({
    samples: new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2),
    rateHz: worker.samplerate,
  });
}

const [, , engine, enginePath = '', ...args] = process.argv;
try {
  const request = readEspeakOptions(args);
  const words = request.text ?? (await readText(process.stdin));
  const wav = await (engine === 'say' ? speakBySay : speakByWasm)(enginePath, words, request);
  if (request.outputFile === null) process.stdout.write(wav);
  else writeFileSync(request.outputFile, wav);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
