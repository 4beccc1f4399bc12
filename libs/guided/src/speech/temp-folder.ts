import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'tandem-guided-';
/** Process ids are unique on one machine (one container) only, and the folder may be shared. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

const own = new Set<string>();

/**
 * A private folder, made when it is first needed and removed with this process. Voices and grammars pass
 * through it as files for one subprocess. The folder of a killed process is removed by the next one that
 * starts.
 */
export class TempFolder {
  private path: string | null = null;
  private readonly removeNow = (): void => {
    if (this.path !== null) rmSync(this.path, { recursive: true, force: true });
  };

  constructor(private readonly place: string = tmpdir()) {
    sweep(place);
  }

  file(name: string): string {
    return join(this.path ?? this.make(), name);
  }

  /** Gives `use` a path of its own, and removes the file afterwards. */
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
    process.off('exit', this.removeNow);
    if (path === null) return;
    await rm(path, { recursive: true, force: true });
    own.delete(path);
  }

  private make(): string {
    this.path = mkdtempSync(join(this.place, `${PREFIX}${machine}-${process.pid}-`));
    own.add(this.path);
    process.once('exit', this.removeNow);
    return this.path;
  }
}

/**
 * Folders of processes of this machine that have ended. Those of other users stay: they cannot be removed.
 */
function sweep(place: string): void {
  for (const name of existsSync(place) ? readdirSync(place) : []) {
    const pid = new RegExp(`^${PREFIX}${machine}-(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || own.has(join(place, name)) || isRunning(Number(pid))) continue;
    try {
      rmSync(join(place, name), { recursive: true, force: true });
    } catch {
      // The folder belongs to another user, or another process is removing it.
    }
  }
}

/**
 * In a container every start has the same process id: a folder with our id that we have not made is unused.
 */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
