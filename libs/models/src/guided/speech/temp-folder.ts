import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder only we can read, made when it is first needed. Voices pass through it as files that live for one process. */
export class TempFolder {
  private path: string | null = null;

  file(name: string): string {
    this.path ??= mkdtempSync(join(tmpdir(), 'tandem-guided-'));
    return join(this.path, name);
  }

  /** Hands `use` a path of its own, and removes what is there afterwards. */
  async withFile<Result>(ending: string, use: (file: string) => Promise<Result>): Promise<Result> {
    const file = this.file(`${randomUUID()}.${ending}`);
    try {
      return await use(file);
    } finally {
      await rm(file, { force: true });
    }
  }

  async remove(): Promise<void> {
    const { path } = this;
    this.path = null;
    if (path !== null) await rm(path, { recursive: true, force: true });
  }
}
