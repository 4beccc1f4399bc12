import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RecordingSink, RecordingStore, StoredRecording } from './recording-store.ts';

const UNFINISHED = '.part';

/**
 * Keeps recordings in a folder of this machine or a mounted volume. A recording is written under a temporary
 * name, then synced and renamed when it is complete, so that a file under its own name is always complete.
 */
export class FolderStore implements RecordingStore {
  constructor(private readonly folder: string) {}

  async create(name: string): Promise<RecordingSink> {
    const path = this.pathOf(name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path + UNFINISHED, 'wx', 0o600);
    return {
      append: (bytes) => writeAll(file, bytes),
      finish: async () => {
        await file.sync();
        await file.close();
        await rename(path + UNFINISHED, path);
      },
      abandon: () => file.close(),
    };
  }

  async stat(name: string): Promise<StoredRecording | null> {
    for (const [path, isFinished] of [
      [this.pathOf(name), true] as const,
      [this.pathOf(name) + UNFINISHED, false] as const,
    ]) {
      const found = await stat(path).catch(ifMissing(null));
      if (found) return { bytes: found.size, isFinished };
    }
    return null;
  }

  async read(name: string, from: number, to: number): Promise<Buffer> {
    const file =
      (await open(this.pathOf(name), 'r').catch(ifMissing(null))) ??
      (await open(this.pathOf(name) + UNFINISHED, 'r'));
    try {
      const bytes = Buffer.alloc(Math.max(0, to - from));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async delete(name: string): Promise<void> {
    for (const suffix of ['', UNFINISHED]) await rm(this.pathOf(name) + suffix, { force: true });
  }

  private pathOf(name: string): string {
    return join(this.folder, name);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength;)
    written += (await file.write(bytes, written)).bytesWritten;
}

const ifMissing =
  <Value>(value: Value) =>
  (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
