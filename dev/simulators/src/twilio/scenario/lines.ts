import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mulawTone, wavToMulaw } from '@tandem/kit';
import type { SpeakLine } from './scenario-turns.ts';
import { ScenarioError } from './scenario.ts';

/** `Yes, please.` is spoken by `yes-please.wav`. */
export function lineFileName(text: string): string {
  return `${text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80)}.wav`;
}

const MS_PER_CHARACTER = 65;

/** Lines of a caller without a voice: a tone as long as the sentence would be. */
export function speakTones(text: string): Promise<Uint8Array> {
  return Promise.resolve(mulawTone(440, Math.max(300, text.length * MS_PER_CHARACTER)));
}

/**
 * Lines from a folder of recordings, one WAV file each. Rejects with `ScenarioError` when a file is missing
 * or no WAV.
 */
export function speakFromFolder(folder: string): SpeakLine {
  return async (text) => {
    const file = join(folder, lineFileName(text));
    try {
      return wavToMulaw(await readFile(file));
    } catch (error) {
      throw new ScenarioError(
        `"${text}" cannot be spoken: ${file}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  };
}
