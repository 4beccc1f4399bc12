import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tandemFolder } from '@tandem/stack';

export interface LocalRecordings {
  readonly env: { readonly RECORDINGS_DIR: string; readonly RECORDINGS_KEY_FILE: string };
  /** Deletes what an ephemeral stack has recorded. */
  clear(): void;
}

/** Where a local stack keeps recordings: `.tandem/recordings` under a key made once, or a throw-away folder. */
export function localRecordings(isEphemeral: boolean): LocalRecordings {
  const folder = isEphemeral ? mkdtempSync(join(tmpdir(), 'tandem-recordings-')) : tandemFolder;
  const keyFile = join(folder, 'recording-keys.json');
  if (!existsSync(keyFile)) {
    mkdirSync(folder, { recursive: true });
    const draft = `${keyFile}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify({ keys: [{ id: 'local-1', key: randomBytes(32).toString('base64') }] })}\n`, { mode: 0o600 });
    renameSync(draft, keyFile);
  }
  return {
    env: { RECORDINGS_DIR: join(folder, 'recordings'), RECORDINGS_KEY_FILE: keyFile },
    clear: () => {
      if (isEphemeral) rmSync(folder, { recursive: true, force: true });
    },
  };
}
