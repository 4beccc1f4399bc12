import { existsSync } from 'node:fs';
import { ProviderError } from '@tandem/contracts';
import type { Clock, VoiceModel } from '@tandem/conversation';
import { PocketsphinxRecogniser } from './hearing/pocketsphinx.ts';
import type { Recogniser } from './hearing/recogniser.ts';
import { openVoiceDetector } from './hearing/voice-detector.ts';
import { ConcurrencyLimit } from './speech/concurrency-limit.ts';
import { LocalSpeech } from './speech/local-speech.ts';
import { SpeechCache } from './speech/speech-cache.ts';
import { TempFolder } from './speech/temp-folder.ts';
import { guidedModelOf, type GuidedBusiness, type GuidedSenses } from './guided-engine.ts';

export interface GuidedLimits {
  /** Processes at a time, over all calls of this model, and how many more may wait. */
  readonly maxRecognitions: number;
  readonly maxWaitingRecognitions: number;
  readonly maxSyntheses: number;
  readonly maxWaitingSyntheses: number;
  readonly recognitionTimeoutMs: number;
  readonly synthesisTimeoutMs: number;
  /** Size of the cache of spoken sentences. */
  readonly speechCacheBytes: number;
  /** A longer utterance is cut here. */
  readonly maxUtteranceMs: number;
}

export const GUIDED_LIMITS: GuidedLimits = {
  maxRecognitions: 2,
  maxWaitingRecognitions: 16,
  maxSyntheses: 2,
  maxWaitingSyntheses: 64,
  recognitionTimeoutMs: 5_000,
  synthesisTimeoutMs: 5_000,
  speechCacheBytes: 16 * 1024 * 1024,
  maxUtteranceMs: 15_000,
};

export interface GuidedModelOptions extends Partial<GuidedBusiness> {
  /** Absolute paths of the programs; one of flite and espeak-ng is needed to speak. */
  readonly flitePath?: string | undefined;
  readonly espeakPath?: string | undefined;
  /** pocketsphinx_continuous. Without it or its model a script runs that understands nothing, and says so. */
  readonly pocketsphinxPath?: string | undefined;
  /** Folder with `en-us` (the acoustic model) and `cmudict-en-us.dict`. */
  readonly pocketsphinxModelDir?: string | undefined;
  /** LD_LIBRARY_PATH of the programs. */
  readonly speechLibraryPath?: string | undefined;
  readonly clock: Clock;
  readonly limits?: Partial<GuidedLimits> | undefined;
}

export interface GuidedModel extends VoiceModel {
  readonly provider: 'guided';
  /** Returns the engine for one business; programs, limits and cache are shared. */
  forBusiness(business: GuidedBusiness): VoiceModel;
  /** Removes the temporary files. Sessions that are still open fail from now on. */
  close(): Promise<void>;
}

/**
 * The keyless engine: speech recognition by small grammars, a booking dialogue by rules, local speech. A
 * demo, and it says so to every caller; no AI, no network, no key.
 */
export function createGuidedModel(options: GuidedModelOptions): GuidedModel {
  const { clock, timeZone = 'UTC', companyName = '' } = options;
  const limits: GuidedLimits = { ...GUIDED_LIMITS, ...options.limits };
  const flitePath = present(options.flitePath);
  const espeakPath = present(options.espeakPath);
  if (!flitePath && !espeakPath) {
    throw new ProviderError(
      'The guided engine has no voice. Install flite or espeak-ng and set its absolute path.',
      { provider: 'guided', code: 'no-synthesiser', category: 'invalid-request' },
    );
  }
  const folder = new TempFolder();
  const speech = new LocalSpeech({
    flitePath,
    espeakPath,
    libraryPath: options.speechLibraryPath,
    timeoutMs: limits.synthesisTimeoutMs,
    places: new ConcurrencyLimit('speech', limits.maxSyntheses, limits.maxWaitingSyntheses),
    folder,
    clock,
  });
  const senses: GuidedSenses = {
    clock,
    synthesiser: new SpeechCache(speech, limits.speechCacheBytes),
    recogniser: recogniserOf(options, limits, folder),
    openDetector: openVoiceDetector,
    maxUtteranceMs: limits.maxUtteranceMs,
  };
  return {
    ...guidedModelOf(senses, { timeZone, companyName }),
    provider: 'guided',
    forBusiness: (business) => guidedModelOf(senses, business),
    close: () => folder.remove(),
  };
}

function recogniserOf(
  options: GuidedModelOptions,
  limits: GuidedLimits,
  folder: TempFolder,
): Recogniser | null {
  const path = present(options.pocketsphinxPath);
  const modelDir = present(options.pocketsphinxModelDir);
  if (path === undefined || modelDir === undefined) return null;
  return new PocketsphinxRecogniser({
    path,
    modelDir,
    libraryPath: options.speechLibraryPath,
    timeoutMs: limits.recognitionTimeoutMs,
    places: new ConcurrencyLimit('recognition', limits.maxRecognitions, limits.maxWaitingRecognitions),
    folder,
    clock: options.clock,
  });
}

function present(path: string | undefined): string | undefined {
  return path !== undefined && existsSync(path) ? path : undefined;
}
