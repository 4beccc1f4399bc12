import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder, tandemFolder } from '@tandem/stack';

export interface LocalRecordings {
  readonly folder: string;
  readonly keyFile: string;
  /** Deletes what an ephemeral stack has recorded. */
  clear(): void;
}

/**
 * Returns where a local stack keeps recordings: `.tandem/recordings` under a key made once, or a temporary
 * folder.
 */
export function localRecordings(isEphemeral: boolean): LocalRecordings {
  const folder = isEphemeral ? mkdtempSync(join(tmpdir(), 'tandem-recordings-')) : tandemFolder;
  const keyFile = join(folder, 'recording-keys.json');
  if (!existsSync(keyFile)) {
    makeFolder(folder);
    const draft = `${keyFile}.${process.pid}`;
    writeFileSync(
      draft,
      `${JSON.stringify({ keys: [{ id: 'local-1', key: randomBytes(32).toString('base64') }] })}\n`,
      { mode: 0o600 },
    );
    renameSync(draft, keyFile);
  }
  return {
    folder: join(folder, 'recordings'),
    keyFile,
    clear: () => {
      if (isEphemeral) rmSync(folder, { recursive: true, force: true });
    },
  };
}
