import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { format, resolveConfig } from 'prettier';
import { settingsFile } from '../kubernetes/chart-settings.ts';
import { valuesSchema } from '../kubernetes/values-schema.ts';
import { configurationPage, environmentExample } from './configuration-page.ts';

const DOCUMENTS: readonly { readonly path: string; readonly make: () => string }[] = [
  { path: 'docs/configuration.md', make: configurationPage },
  { path: '.env.example', make: environmentExample },
  { path: 'helm/tandem/files/settings.json', make: settingsFile },
  { path: 'helm/tandem/values.schema.json', make: () => `${JSON.stringify(valuesSchema(), null, 1)}\n` },
];

export async function writeGeneratedDocuments(): Promise<void> {
  for (const document of DOCUMENTS) {
    writeFileSync(join(checkoutRoot, document.path), await textOf(document));
    console.log(`written: ${document.path}`);
  }
}

/** Returns whether every generated document is up to date; prints each one that is not. */
export async function checkGeneratedDocuments(): Promise<boolean> {
  let isCurrent = true;
  for (const document of DOCUMENTS) {
    const { path } = document;
    if (read(join(checkoutRoot, path)) === (await textOf(document))) continue;
    isCurrent = false;
    console.error(`  ✖ ${path} is out of date. Run "npm run docs" and commit what it writes.`);
  }
  return isCurrent;
}

async function textOf({ path, make }: (typeof DOCUMENTS)[number]): Promise<string> {
  if (!/\.md$|(?<!schema)\.json$/.test(path)) return make();
  const filepath = join(checkoutRoot, path);
  return format(make(), { ...(await resolveConfig(filepath)), filepath });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
