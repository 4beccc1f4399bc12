import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AudioFormat, ToolWaitSettings } from '@tandem/contracts';
import { builtInTune, lineSound, readWav, type Pcm } from '@tandem/conversation';
import { CONFIG, type ServiceConfig } from '@tandem/platform';

/** Sounds kept, one per file, volume and format. */
const MAX_SOUNDS = 32;
const NO_SOUND = new Uint8Array(0);

/**
 * Wait music in the formats of caller streams, converted once per file, volume and format. A call whose music
 * is not converted yet starts without it: no call waits for a disk.
 */
@Injectable()
export class WaitMusic {
  private readonly logger = new Logger(WaitMusic.name);
  private readonly sounds = new Map<string, Uint8Array>();
  private readonly converting = new Set<string>();

  constructor(@Inject(CONFIG) private readonly config: Pick<ServiceConfig<'media-relay'>, 'soundsDir'>) {}

  /** Returns the sound in this format; empty for none, and until the first request for it is converted. */
  soundFor({ musicAfterMs, musicFile, musicVolume }: ToolWaitSettings, format: AudioFormat): Uint8Array {
    if (musicAfterMs === 0) return NO_SOUND;
    const key = `${musicFile}@${musicVolume} ${format.encoding}/${format.rateHz}`;
    const sound = this.sounds.get(key);
    if (!sound) void this.convert(key, musicFile, musicVolume, format);
    return sound ?? NO_SOUND;
  }

  private async convert(key: string, file: string, volume: number, format: AudioFormat): Promise<void> {
    if (this.converting.has(key) || this.sounds.size + this.converting.size >= MAX_SOUNDS) return;
    this.converting.add(key);
    try {
      const source = file === '' ? builtInTune() : await this.readSound(file);
      const pieces: Uint8Array[] = [];
      for (const piece of lineSound(source, volume, format)) {
        pieces.push(piece);
        await nextTurn();
      }
      this.sounds.set(key, Buffer.concat(pieces));
    } catch (error) {
      this.logger.warn(
        { err: error, file },
        'wait music unusable; callers of agents with this file wait in silence',
      );
      this.sounds.set(key, NO_SOUND);
    }
    this.converting.delete(key);
  }

  private async readSound(file: string): Promise<Pcm> {
    if (!this.config.soundsDir)
      throw new TypeError('SOUNDS_DIR is not set. Set it to the folder that holds the file.');
    return readWav(await readFile(join(this.config.soundsDir, file)));
  }
}
