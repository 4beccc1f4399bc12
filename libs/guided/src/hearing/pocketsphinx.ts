import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProviderError } from '@tandem/contracts';
import type { Clock } from '@tandem/conversation';
import { toJsgf, wordsOf, type Phrase } from '../dialogue/phrase.ts';
import { ProgramFailure, runProgram, type ProgramOutput } from '../speech/subprocess.ts';
import type { ConcurrencyLimit } from '../speech/concurrency-limit.ts';
import type { TempFolder } from '../speech/temp-folder.ts';
import { energyWithin, framesOf, readBacktrace, scoreOf } from './backtrace.ts';
import { Pronunciations } from './pronunciations.ts';
import type { Recognised, Recogniser } from './recogniser.ts';

export interface PocketsphinxOptions {
  /** Absolute path of pocketsphinx_continuous. */
  readonly path: string;
  /** Folder with `en-us` (the acoustic model) and `cmudict-en-us.dict`. */
  readonly modelDir: string;
  readonly libraryPath: string | undefined;
  readonly timeoutMs: number;
  readonly places: ConcurrencyLimit;
  readonly folder: TempFolder;
  readonly clock: Clock;
}

/**
 * Measured with flite's voices over µ-law (guided-recognition.bench.ts): fewer words where there is doubt,
 * more of the mixture, and no second opinion on noise and silence, since our own voice detection has cut the
 * utterance.
 */
const TUNING = ['-wip', '0.05', '-topn', '8', '-remove_noise', 'no', '-remove_silence', 'no'];

/**
 * The program forces any sound to a sentence of the grammar. Words that fit worse than this for each frame
 * are not what was said; short ones fit worse even when they are right ("yes" down to -49, over 1.1 s never
 * below -34).
 */
const WORST_SCORE_SHORT = -50;
const WORST_SCORE_LONG = -41;
const LONG_FRAMES = 110;
const LEAST_ENERGY_WITHIN = 0.6;

const MAX_OUTPUT_BYTES = 512 * 1024;
const MAX_GRAMMARS = 128;

interface GrammarFiles {
  readonly jsgf: string;
  readonly dict: string;
  readonly words: ReadonlySet<string>;
}

/** Recognises words by CMU pocketsphinx, one process for each utterance. English only. */
export class PocketsphinxRecogniser implements Recogniser {
  /** Utterances that fit no sentence, or not well enough. */
  rejected = 0;
  private readonly pronunciations: Pronunciations;
  /** Grammar files by content, the latest used last. */
  private readonly grammars = new Map<string, Promise<GrammarFiles>>();

  constructor(private readonly options: PocketsphinxOptions) {
    this.pronunciations = new Pronunciations(join(options.modelDir, 'cmudict-en-us.dict'));
  }

  async recognise(pcm16k: Int16Array, grammar: Phrase, signal: AbortSignal): Promise<Recognised | null> {
    try {
      const files = await this.filesOf(grammar);
      const output = await this.options.places.run(signal, () => this.decode(pcm16k, files, signal));
      const recognised = classify(output, pcm16k, files.words);
      if (!recognised) this.rejected += 1;
      return recognised;
    } catch (cause) {
      const fault = cause instanceof ProgramFailure ? cause.fault : 'files';
      throw new ProviderError('The speech recogniser could not be used.', {
        provider: 'guided',
        code: `recognition-${fault}`,
        category: fault === 'busy' ? 'rate-limit' : 'server',
        cause,
      });
    }
  }

  private decode(pcm16k: Int16Array, files: GrammarFiles, signal: AbortSignal): Promise<ProgramOutput> {
    const { folder, path, modelDir, libraryPath, timeoutMs, clock } = this.options;
    return folder.withFile('raw', async (sound) => {
      await writeFile(sound, new Uint8Array(pcm16k.buffer, pcm16k.byteOffset, pcm16k.byteLength), {
        mode: 0o600,
      });
      const model = ['-hmm', join(modelDir, 'en-us'), '-dict', files.dict, '-jsgf', files.jsgf];
      const args = ['-infile', sound, ...model, '-backtrace', 'yes', ...TUNING];
      return runProgram(
        { file: path, args, libraryPath, input: '', timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES },
        clock,
        signal,
      );
    });
  }

  private filesOf(grammar: Phrase): Promise<GrammarFiles> {
    const jsgf = toJsgf(grammar);
    const name = createHash('sha256').update(jsgf).digest('hex').slice(0, 32);
    const known = this.grammars.get(name);
    this.grammars.delete(name);
    const files = known ?? this.writeFiles(name, jsgf, wordsOf(grammar));
    this.grammars.set(name, files);
    // A failure is not kept: the next use tries again.
    files.catch(() => this.grammars.delete(name));
    this.forgetOldest();
    return files;
  }

  private async writeFiles(name: string, jsgf: string, words: ReadonlySet<string>): Promise<GrammarFiles> {
    const files = {
      jsgf: this.options.folder.file(`${name}.jsgf`),
      dict: this.options.folder.file(`${name}.dict`),
      words,
    };
    const lines = await this.pronunciations.of(words);
    await Promise.all([writeFile(files.jsgf, jsgf), writeFile(files.dict, `${lines.join('\n')}\n`)]);
    return files;
  }

  private forgetOldest(): void {
    if (this.grammars.size <= MAX_GRAMMARS) return;
    const [oldest] = this.grammars.keys();
    if (oldest === undefined) return;
    const files = this.grammars.get(oldest);
    this.grammars.delete(oldest);
    void files
      ?.then(({ jsgf, dict }) => Promise.all([rm(jsgf, { force: true }), rm(dict, { force: true })]))
      .catch(() => undefined);
  }
}

/**
 * Checks the program's result: it must be a whole sentence (a path that ends in the middle stands in the
 * messages only), made of the grammar's words, fit the sound, and fill it.
 */
function classify(
  { stdout, stderr }: ProgramOutput,
  pcm16k: Int16Array,
  words: ReadonlySet<string>,
): Recognised | null {
  const found = readBacktrace(stderr);
  const text = found.map(({ word }) => word).join(' ');
  if (text === '' || text !== stdout.trim() || !found.every(({ word }) => words.has(word))) return null;
  const score = scoreOf(found);
  if (score < (framesOf(found) < LONG_FRAMES ? WORST_SCORE_SHORT : WORST_SCORE_LONG)) return null;
  if (energyWithin(found, pcm16k) < LEAST_ENERGY_WITHIN) return null;
  return { text, score };
}
