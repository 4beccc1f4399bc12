import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Shell scripts that stand for speech programs, in a folder of their own. */
export class FakePrograms {
  readonly folder = mkdtempSync(join(tmpdir(), 'tandem-fake-programs-'));

  /** A program of this name; `$HERE` is the folder. Returns its path. */
  write(name: string, script: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, `#!/bin/sh\nHERE='${this.folder}'\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** Returns what a program has written to a file of the folder; empty when it has not. */
  read(name: string): string {
    try {
      return readFileSync(join(this.folder, name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Resolves when a program has written to this file. */
  async written(name: string): Promise<string> {
    for (let look = 0; look < 500; look += 1) {
      const text = this.read(name);
      if (text.endsWith('\n')) return text.trim();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new RangeError(`no program wrote ${name} in 5 s`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Resolves when no process of this id is left. */
export async function gone(pid: number): Promise<void> {
  for (let look = 0; look < 500; look += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new RangeError(`process ${pid} lives on after 5 s`);
}
