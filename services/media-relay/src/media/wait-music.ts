import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ToolWaitSettings } from '@tandem/contracts';
import { builtInTune, lineSound, readWav } from '@tandem/conversation';
import { CONFIG, type ServiceConfig } from '@tandem/platform';

const MAX_SOUNDS = 32;

/**
 * Wait music as µ-law, read and resampled once per file and volume. A call that needs one not yet at hand
 * goes without until it is: nothing waits for a disk.
 */
@Injectable()
export class WaitMusic {
  private readonly logger = new Logger(WaitMusic.name);
  private readonly sounds = new Map<string, Uint8Array>();
  private readonly reading = new Set<string>();

  constructor(@Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>) {}

  /** The sound for these settings; empty when there is none (yet). The first to ask has it read. */
  soundFor({ musicAfterMs, musicFile, musicVolume }: ToolWaitSettings): Uint8Array {
    if (musicAfterMs === 0) return new Uint8Array(0);
    const key = `${musicFile}@${musicVolume}`;
    const sound = this.sounds.get(key);
    if (!sound) void this.read(key, musicFile, musicVolume);
    return sound ?? new Uint8Array(0);
  }

  private async read(key: string, file: string, volume: number): Promise<void> {
    if (this.reading.has(key) || this.sounds.size + this.reading.size >= MAX_SOUNDS) return;
    this.reading.add(key);
    try {
      const pieces: Uint8Array[] = [];
      for (const piece of lineSound(file === '' ? builtInTune() : await this.fromFile(file), volume)) {
        pieces.push(piece);
        await nextTurn();
      }
      this.sounds.set(key, Buffer.concat(pieces));
    } catch (error) {
      this.logger.warn(
        { err: error, file },
        'wait music cannot be played: callers of agents that name this file wait in silence',
      );
      this.sounds.set(key, new Uint8Array(0));
    }
    this.reading.delete(key);
  }

  private async fromFile(file: string): Promise<ReturnType<typeof readWav>> {
    if (!this.config.soundsDir)
      throw new TypeError('SOUNDS_DIR is not set. Set it to the folder that holds the file.');
    return readWav(await readFile(join(this.config.soundsDir, file)));
  }
}
