import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { settingNames, withSecretFiles } from '@tandem/platform';
import { stackHome } from '@tandem/stack';

/**
 * Returns the environment with the values of `.env` added. A variable set outside wins, an empty value counts
 * as unset, and the secrets that files hold are read.
 */
export function environment(): Record<string, string> {
  const set = Object.entries(withSecretFiles({ ...dotEnv(), ...process.env }));
  return Object.fromEntries(
    set.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''),
  );
}

/** Returns the names in `.env` that neither a service nor Node reads. */
export function namesNobodyReads(): string[] {
  const known = settingNames();
  return Object.keys(dotEnv()).filter(
    (name) => !known.has(name) && !/^(?:NODE_|npm_|HTTPS?_PROXY$|NO_PROXY$)/i.test(name),
  );
}

function dotEnv(): NodeJS.Dict<string> {
  const file = join(stackHome, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}
