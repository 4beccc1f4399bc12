import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';

export interface SourceFile {
  /** Below the root of the checkout, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Written by a generator: not ours to word or to split. */
const GENERATED = 'services/console/src/api/generated/';

/** Every file of the given endings that git tracks or would track, in the order of their paths. */
export function readFiles(endings: readonly string[], root = checkoutRoot): SourceFile[] {
  const patterns = endings.map((ending) => `*${ending}`);
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const paths = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0');
  return [...new Set(paths)]
    .filter((path) => path !== '' && !path.startsWith(GENERATED) && existsSync(join(root, path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Code that runs in tests only; its functions are as long as what they describe. */
export const isTest = (path: string): boolean =>
  /\.(spec|conformance|bench)\.ts$|\/(test|testing)\//.test(path);
