import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWav } from '@tandem/kit';
import { checkoutRoot, makeFolder, StackError, synthesise, type Speech, type Voice } from '@tandem/stack';

/** The words of our sounds in English, by their names. */
export const SOUND_TEXTS = join(checkoutRoot, 'deploy/asterisk/sounds.json');

/** Rate of the files; Asterisk converts them to that of the call. */
const RATE_HZ = 8_000;
const NAME = /^[a-z][a-z-]{0,39}$/;
const LONGEST_TEXT = 1_000;

/**
 * Returns the texts of a file of sounds by their names.
 * @throws StackError when it is no JSON object of names and texts
 */
export function readTexts(file: string): ReadonlyMap<string, string> {
  const texts: unknown = parsed(file);
  const entries = typeof texts === 'object' && texts !== null ? Object.entries(texts) : [];
  const fault = entries.find(([name, text]) => !NAME.test(name) || !isText(text));
  if (entries.length === 0 || fault)
    throw new StackError(
      fault ? `"${fault[0].slice(0, 60)}" in ${file} is no sound.` : `${file} has no sounds.`,
      `It is an object of names in small letters and their words, up to ${LONGEST_TEXT} characters. ` +
        `${SOUND_TEXTS} is an example.`,
    );
  return new Map(entries as [string, string][]);
}

/** Speaks each text into `<folder>/<name>.wav`, and calls `onWritten` with each file. */
export async function makeSounds(
  speech: Speech,
  texts: ReadonlyMap<string, string>,
  { folder, voice, onWritten }: SoundOptions,
): Promise<void> {
  makeFolder(folder);
  for (const [name, text] of texts) {
    const file = join(folder, `${name}.wav`);
    writeFileSync(file, writeWav({ samples: await synthesise(speech, text, { voice }), rateHz: RATE_HZ }));
    onWritten(file);
  }
}

export interface SoundOptions {
  readonly folder: string;
  readonly voice: Voice;
  readonly onWritten: (file: string) => void;
}

const isText = (text: unknown): boolean =>
  typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST_TEXT && !text.includes('\0');

function parsed(file: string): unknown {
  const json = contentOf(file);
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new StackError(
      `${file} is no JSON: ${messageOf(error)}`,
      'Correct it, or leave --texts out for the words in English.',
    );
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StackError(
      `${file} cannot be read: ${messageOf(error)}.`,
      'A path that begins with no slash is looked for in the folder of Tandem.',
      { cause: error },
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
