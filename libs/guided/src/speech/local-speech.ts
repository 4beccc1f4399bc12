import { readFile } from 'node:fs/promises';
import { ProviderError } from '@tandem/contracts';
import type { Clock } from '@tandem/conversation';
import { ProgramFailure, runProgram } from './subprocess.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { pronounceable } from './pronounceable.ts';
import type { Delivery, Synthesiser } from './synthesiser.ts';
import type { TempFolder } from './temp-folder.ts';
import { telephoneSound } from './telephone-sound.ts';

export interface LocalSpeechOptions {
  /** Absolute paths; an absent program is not tried. */
  readonly flitePath: string | undefined;
  readonly espeakPath: string | undefined;
  readonly libraryPath: string | undefined;
  readonly timeoutMs: number;
  readonly places: ConcurrencyLimit;
  readonly folder: TempFolder;
  readonly clock: Clock;
}

interface Engine {
  readonly file: string;
  argumentsFor(delivery: Delivery, output: string): string[];
}

const FLITE_VOICES: ReadonlySet<string> = new Set(['slt', 'rms', 'awb', 'kal', 'kal16']);
const DEFAULT_VOICE = 'slt';
/** The variants of espeak-ng nearest to flite's speakers. */
const ESPEAK_VOICES: Readonly<Record<string, string>> = { slt: 'en-us+f3', awb: 'en-gb' };
const ESPEAK_WORDS_PER_MINUTE = 165;
const SLOWEST = 0.5;
const FASTEST = 2;
const MAX_MESSAGES_BYTES = 64 * 1024;

/** Speaks by flite, or by espeak-ng where flite is not or fails: one process for each sentence. */
export class LocalSpeech implements Synthesiser {
  private readonly engines: readonly Engine[];

  constructor(private readonly options: LocalSpeechOptions) {
    const { flitePath, espeakPath } = options;
    this.engines = [...(flitePath ? [flite(flitePath)] : []), ...(espeakPath ? [espeak(espeakPath)] : [])];
  }

  async speak(text: string, delivery: Delivery, signal: AbortSignal): Promise<Uint8Array> {
    let cause: unknown;
    for (const engine of this.engines) {
      try {
        return await this.speakWith(engine, text, delivery, signal);
      } catch (error) {
        cause = error;
        if (error instanceof ProgramFailure && (error.fault === 'aborted' || error.fault === 'busy')) break;
      }
    }
    const isBusy = cause instanceof ProgramFailure && cause.fault === 'busy';
    throw new ProviderError(
      isBusy ? 'Too many sentences wait to be spoken.' : 'No speech program could speak a sentence.',
      {
        provider: 'guided',
        code: isBusy ? 'speech-busy' : 'speech-failed',
        category: isBusy ? 'rate-limit' : 'server',
        cause,
      },
    );
  }

  private speakWith(
    engine: Engine,
    text: string,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { places, folder, clock, timeoutMs, libraryPath } = this.options;
    return places.run(signal, () =>
      folder.withFile('wav', async (output) => {
        const args = engine.argumentsFor(delivery, output);
        await runProgram(
          {
            file: engine.file,
            args,
            libraryPath,
            input: `${pronounceable(text)}\n`,
            timeoutMs,
            maxOutputBytes: MAX_MESSAGES_BYTES,
          },
          clock,
          signal,
        );
        return telephoneSound(await readFile(output), engine.file);
      }),
    );
  }
}

/** Passes the words by standard input, which other users of the machine do not see. */
function flite(file: string): Engine {
  return {
    file,
    argumentsFor: ({ voice, speed }, output) => {
      const stretch = (1 / Math.min(FASTEST, Math.max(SLOWEST, speed))).toFixed(3);
      return [
        '-voice',
        FLITE_VOICES.has(voice) ? voice : DEFAULT_VOICE,
        '--setf',
        `duration_stretch=${stretch}`,
        '-f',
        '-',
        '-o',
        output,
      ];
    },
  };
}

function espeak(file: string): Engine {
  return {
    file,
    argumentsFor: ({ voice, speed }, output) => {
      const pace = Math.round(ESPEAK_WORDS_PER_MINUTE * Math.min(FASTEST, Math.max(SLOWEST, speed)));
      return ['-v', ESPEAK_VOICES[voice] ?? 'en-us', '-s', String(pace), '-w', output, '--stdin'];
    },
  };
}
