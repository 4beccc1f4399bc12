import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pcm, readWav, resample } from '@tandem/kit';
import { StackError } from '../checkout/stack-error.ts';
import { libraryEnvironment, runCommand } from '../process/run-command.ts';
import type { Speech } from './ensure-speech.ts';
import type { Synthesiser } from './speech-sources.ts';

const SPEECH_RATE_HZ = 8_000;

const SYNTHESIS_LIMIT_MS = 30_000;
const LONGEST_TEXT_CHARACTERS = 5_000;
/** Part of every cache key: raise it when the same words should sound different. */
const CACHE_VERSION = 1;

/** Voices of flite; espeak-ng gets a near one. `slt` is a woman, `rms` and `awb` are men. */
export const VOICES = ['slt', 'rms', 'awb', 'kal', 'kal16', 'awb_time'] as const;
export type Voice = (typeof VOICES)[number];

const ESPEAK_VOICES: Record<Voice, string> = {
  slt: 'en-us+f3',
  rms: 'en-us',
  awb: 'en-gb',
  kal: 'en-us+m3',
  kal16: 'en-us+m3',
  awb_time: 'en-gb',
};

interface SynthesiseOptions {
  readonly voice?: Voice;
}

/**
 * Speaks a text: mono samples at 8 kHz, band-limited to the telephone. Cached on disk, so the same words are
 * synthesised once.
 * @throws StackError when there is no synthesiser, or it fails
 */
export async function synthesise(
  speech: Speech,
  text: string,
  { voice = 'slt' }: SynthesiseOptions = {},
): Promise<Int16Array> {
  const { synthesiser, cacheFolder } = speech;
  if (!synthesiser) throw new StackError('There is no speech synthesis here.', speech.explanation);
  if (text.trim() === '') return new Int16Array();
  if (text.length > LONGEST_TEXT_CHARACTERS)
    throw new StackError(
      `A text of ${text.length} characters is too long to speak at once.`,
      `Split it into pieces of ${LONGEST_TEXT_CHARACTERS} at most.`,
    );
  const key = createHash('sha256')
    .update(JSON.stringify([CACHE_VERSION, synthesiser.kind, voice, text]))
    .digest('hex');
  const file = join(cacheFolder, `${key}.s16le`);
  const kept = readKept(file);
  if (kept) return kept;
  const spoken = await speak(synthesiser, text, voice);
  const samples = resample(spoken.samples, spoken.rateHz, SPEECH_RATE_HZ);
  keep(file, samples);
  return samples;
}

async function speak(synthesiser: Synthesiser, text: string, voice: Voice): Promise<Pcm> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-speech-'));
  try {
    const wav = join(folder, 'speech.wav');
    const args =
      synthesiser.kind === 'flite'
        ? ['-voice', voice, '-t', text, '-o', wav]
        : ['-v', ESPEAK_VOICES[voice], '-w', wav, '--stdin'];
    const done = await runCommand(synthesiser.file, args, {
      timeoutMs: SYNTHESIS_LIMIT_MS,
      env: libraryEnvironment(synthesiser.libraryPath),
      input: synthesiser.kind === 'flite' ? '' : text,
    });
    if (done.code !== 0)
      throw new StackError(
        `${synthesiser.kind} could not speak: ${done.complaint || `it ended with ${done.code}`}`,
        `Try it by hand: ${synthesiser.file}`,
      );
    return readWav(readFileSync(wav));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readKept(file: string): Int16Array | null {
  try {
    const bytes = readFileSync(file);
    return new Int16Array(new Uint8Array(bytes).buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function keep(file: string, samples: Int16Array): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  renameSync(aside, file);
}
