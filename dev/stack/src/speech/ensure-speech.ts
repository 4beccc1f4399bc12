import { join } from 'node:path';
import { makeFolder, tandemFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { firstAvailable, type Source } from '../downloads/first-available.ts';
import type { Log } from '../process/server-handle.ts';
import {
  recogniserSources,
  synthesiserSources,
  type Recogniser,
  type Synthesiser,
} from './speech-sources.ts';

interface SpeechPrograms {
  readonly synthesiser: Synthesiser | null;
  readonly recogniser: Recogniser | null;
}

type GuidedVariable =
  | 'GUIDED_FLITE_PATH'
  | 'GUIDED_ESPEAK_PATH'
  | 'GUIDED_POCKETSPHINX_PATH'
  | 'GUIDED_POCKETSPHINX_MODEL_DIR'
  | 'GUIDED_LIBRARY_PATH';

export interface Speech extends SpeechPrograms {
  /** One line: the programs chosen and those missing. */
  readonly explanation: string;
  /** For the environment of the services; holds only the programs found. */
  readonly env: Readonly<Partial<Record<GuidedVariable, string>>>;
  /** Folder of the spoken texts. */
  readonly cacheFolder: string;
}

interface SpeechOptions {
  readonly log?: Log;
  /** Folder of `.tandem`; downloads go to its cache. */
  readonly folder?: string;
  readonly synthesiserSources?: readonly Source<Synthesiser>[];
  readonly recogniserSources?: readonly Source<Recogniser>[];
}

/**
 * Finds or fetches speech synthesis and recognition. A missing program is null and explained: a stack runs
 * without.
 */
export async function ensureSpeech(options: SpeechOptions = {}): Promise<Speech> {
  const cache = join(options.folder ?? tandemFolder, 'cache');
  const [synthesiser, recogniser] = await Promise.all([
    topOf(
      'speech synthesis',
      options.synthesiserSources ?? synthesiserSources(cache),
      'Install flite or espeak-ng to hear the agent.',
    ),
    topOf(
      'speech recognition',
      options.recogniserSources ?? recogniserSources(cache),
      'Install pocketsphinx and pocketsphinx-en-us so that the agent understands you.',
    ),
  ]);
  const found = { synthesiser: synthesiser.value, recogniser: recogniser.value };
  const explanation =
    `Speech: ${nameOf(found.synthesiser, synthesiser.why)}; ` + `${nameOf(found.recogniser, recogniser.why)}`;
  options.log?.(explanation);
  return {
    ...found,
    explanation,
    env: guidedEnvironment(found),
    cacheFolder: makeFolder(join(cache, 'speech')),
  };
}

/**
 * Returns the environment of the services that run the guided engine; variables of missing programs are
 * absent.
 */
export function guidedEnvironment({ synthesiser, recogniser }: SpeechPrograms): Speech['env'] {
  const folders = [synthesiser?.libraryPath, recogniser?.libraryPath].flatMap((path) =>
    path ? path.split(':') : [],
  );
  return {
    ...(synthesiser?.kind === 'flite' ? { GUIDED_FLITE_PATH: synthesiser.file } : {}),
    ...(synthesiser && synthesiser.kind !== 'flite' ? { GUIDED_ESPEAK_PATH: synthesiser.file } : {}),
    ...(recogniser
      ? { GUIDED_POCKETSPHINX_PATH: recogniser.file, GUIDED_POCKETSPHINX_MODEL_DIR: recogniser.modelDir }
      : {}),
    ...(folders.length > 0 ? { GUIDED_LIBRARY_PATH: [...new Set(folders)].join(':') } : {}),
  };
}

async function topOf<Of>(
  what: string,
  sources: readonly Source<Of>[],
  todo: string,
): Promise<{ value: Of | null; why: string }> {
  try {
    return { value: (await firstAvailable(what, sources, todo)).value, why: '' };
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    return {
      value: null,
      why: `no ${what} (${error.what
        .split('\n')
        .slice(1)
        .map((line) => line.trim().replace(/^- /, ''))
        .join('; ')}). ${error.todo}`,
    };
  }
}

function nameOf(program: Synthesiser | Recogniser | null, why: string): string {
  if (!program) return why;
  return 'kind' in program ? `${program.kind} speaks` : 'pocketsphinx listens';
}
