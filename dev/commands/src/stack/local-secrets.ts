import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, tandemFolder } from '@tandem/stack';

/** Secrets that .env does not set: made once, kept in `.tandem/secrets.json`, readable by its owner only. */
export interface LocalSecrets {
  readonly tandemSecret: string;
  readonly twilioAuthToken: string;
  /** Opens crm-api and control-api for tenant `demo`. */
  readonly demoApiKey: string;
}

export function localSecrets(folder: string = tandemFolder): LocalSecrets {
  const file = join(folder, 'secrets.json');
  const made: LocalSecrets = {
    tandemSecret: randomBytes(36).toString('base64url'),
    twilioAuthToken: randomBytes(16).toString('hex'),
    demoApiKey: `tk_${randomBytes(32).toString('base64url')}`,
  };
  if (existsSync(file))
    return { ...made, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<LocalSecrets>) };
  makeFolder(folder);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return made;
}
