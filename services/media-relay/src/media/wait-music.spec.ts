import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { bytesPerMs, PCM16_16K, PCMA_8K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import { WaitMusic } from './wait-music.ts';

const settings = { fillerAfterMs: 0, musicAfterMs: 1_000, musicFile: '', musicVolume: 0.5 } as const;
/** The built-in tune lasts this long. */
const TUNE_MS = 8_000;

async function converted(music: WaitMusic, format: AudioFormat): Promise<Uint8Array> {
  for (;;) {
    const sound = music.soundFor(settings, format);
    if (sound.byteLength > 0) return sound;
    await sleep(5);
  }
}

describe('wait music', () => {
  it.each([PCMU_8K, PCMA_8K, PCM16_16K])(
    'is in the format of the stream: $encoding, $rateHz Hz',
    async (format) => {
      const sound = await converted(new WaitMusic({ soundsDir: undefined }), format);
      expect(sound.byteLength / bytesPerMs(format)).toBeGreaterThan(TUNE_MS - 20);
      expect(sound.byteLength / bytesPerMs(format)).toBeLessThan(TUNE_MS + 20);
    },
  );

  it('is kept for each format by itself', async () => {
    const music = new WaitMusic({ soundsDir: undefined });
    const [mulaw, linear] = [await converted(music, PCMU_8K), await converted(music, PCM16_16K)];
    expect(music.soundFor(settings as never, PCMU_8K)).toBe(mulaw);
    expect(music.soundFor(settings as never, PCM16_16K)).toBe(linear);
  });

  it('is empty where the agent wants none', () => {
    const none = { ...settings, musicAfterMs: 0 } as never;
    expect(new WaitMusic({ soundsDir: undefined }).soundFor(none, PCMU_8K).byteLength).toBe(0);
  });
});
