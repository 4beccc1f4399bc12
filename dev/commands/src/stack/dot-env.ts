import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { checkoutRoot } from '@tandem/stack';

/** The environment with `.env` below it: what is set outside wins, an empty value counts as unset. */
export function environment(): Record<string, string> {
  const file = join(checkoutRoot, '.env');
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return Object.fromEntries(Object.entries({ ...fromFile, ...process.env }).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''));
}
