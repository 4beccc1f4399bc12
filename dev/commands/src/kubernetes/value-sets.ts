import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';

export const CHART = join(checkoutRoot, 'helm/tandem');

/** Values one release could be made with. */
export interface ValueSet {
  readonly name: string;
  /** Files below the chart, later ones over earlier ones. */
  readonly files: readonly string[];
}

/** The least a release needs; every other set comes on top of it. */
const REQUIRED = 'ci/required.yaml';

/** Returns the required values alone, the sizes, the examples, and what is in `ci` for the check. */
export function valueSets(): readonly ValueSet[] {
  const inFolder = (folder: string) =>
    readdirSync(join(CHART, folder))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => (folder === '' ? name : `${folder}/${name}`));
  const others = [
    ...inFolder('').filter((name) => name.startsWith('values-')),
    ...inFolder('ci').filter((name) => name !== REQUIRED),
    ...inFolder('examples'),
  ];
  return [
    { name: 'required', files: [REQUIRED] },
    ...others.map((file) => ({
      name: file.replace(/^.*\/|\.yaml$/g, '').replace('values-', ''),
      files: [REQUIRED, file],
    })),
  ];
}
