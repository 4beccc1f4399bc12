import { join } from 'node:path';
import { debianPackages, findProgram, isProgram, StackError, tandemFolder } from '@tandem/stack';

export type EdgeKind = 'haproxy' | 'nginx';

export interface EdgeProgram {
  readonly kind: EdgeKind;
  readonly file: string;
  /** For LD_LIBRARY_PATH. */
  readonly libraryPath: string | null;
}

const DEBIAN_PACKAGE: Readonly<Record<EdgeKind, string>> = { haproxy: 'haproxy', nginx: 'nginx-light' };

/**
 * Returns the program on this machine, else the one of Debian's package, unpacked into the cache.
 * @throws StackError when there is neither
 */
export async function edgeProgram(kind: EdgeKind): Promise<EdgeProgram> {
  const installed = findProgram(kind);
  if (installed) return { kind, file: installed, libraryPath: null };
  const tree = await debianPackages(join(tandemFolder, 'cache'), [DEBIAN_PACKAGE[kind]]);
  const file = join(tree.root, 'usr/sbin', kind);
  if (!isProgram(file)) throw new StackError(`The package holds no ${kind}.`, `Install ${kind}.`);
  return { kind, file, libraryPath: tree.libraryPath };
}

/** Returns null, having said why, where the program can be neither found nor fetched. */
export async function edgeProgramHere(kind: EdgeKind): Promise<EdgeProgram | null> {
  return edgeProgram(kind).catch((error: unknown) => {
    console.warn(`Not run here: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  });
}
