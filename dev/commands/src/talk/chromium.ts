import { join } from 'node:path';
import { debianPackages, findProgram, isProgram, libraryEnvironment, tandemFolder } from '@tandem/stack';

/** A Chromium that can be started. */
export interface Chromium {
  readonly program: string;
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>>;
}

const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Returns the machine's Chromium, else Debian's, unpacked into the cache without root (100 MB). Null where
 * neither can be had, having said why.
 */
export async function findChromium(log: (line: string) => void): Promise<Chromium | null> {
  for (const name of INSTALLED) {
    const program = findProgram(name);
    if (program) return { program, env: {} };
  }
  try {
    const tree = await debianPackages(join(tandemFolder, 'cache'), ['chromium']);
    const program = join(tree.root, 'usr/lib/chromium/chromium');
    if (isProgram(program)) return { program, env: environment(tree.libraryPath) };
    log('Not run here: the package chromium has no usr/lib/chromium/chromium.');
  } catch (error) {
    log(`Not run here: there is no Chromium (${error instanceof Error ? error.message : String(error)}).`);
  }
  return null;
}

function environment(libraryPath: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(libraryEnvironment(libraryPath) ?? {}).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
