import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { configurationPage, environmentExample } from './configuration-page.ts';

const DOCUMENTS: readonly { readonly path: string; readonly make: () => string }[] = [
  { path: 'docs/configuration.md', make: configurationPage },
  { path: '.env.example', make: environmentExample },
];

export function writeGeneratedDocuments(): void {
  for (const { path, make } of DOCUMENTS) {
    writeFileSync(join(checkoutRoot, path), make());
    console.log(`written: ${path}`);
  }
}

/** Whether every generated document is what would be written now; says which is not. */
export function checkGeneratedDocuments(): boolean {
  const stale = DOCUMENTS.filter(({ path, make }) => read(join(checkoutRoot, path)) !== make());
  for (const { path } of stale)
    console.error(`  ✖ ${path} is out of date. Run "npm run docs" and commit what it writes.`);
  return stale.length === 0;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
