import loadFvad, { type FvadModule } from '@echogarden/fvad-wasm';
import { ProviderError } from '@tandem/contracts';

/** 20 ms at 8 kHz. */
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;

/** Detects voice frame by frame. It has state, so each line needs its own. */
export interface VoiceDetector {
  /** @param frame {@link FRAME_SAMPLES} signed 16-bit samples at 8 kHz */
  isVoice(frame: Int16Array): boolean;
  free(): void;
}

/** Aggressiveness, 0 to 3: 2 lets little noise through and keeps soft speech. */
const AGGRESSIVENESS = 2;
const BYTES_PER_SAMPLE = 2;

let loading: Promise<FvadModule> | null = null;

/**
 * WebRTC's voice activity detection. The code is loaded once; each detector has its own memory in it (about
 * 700 bytes).
 */
export async function openVoiceDetector(): Promise<VoiceDetector> {
  loading ??= loadFvad();
  const module = await loading;
  const instance = module._fvad_new();
  const frameAt = module._malloc(FRAME_SAMPLES * BYTES_PER_SAMPLE);
  if (
    instance === 0 ||
    frameAt === 0 ||
    module._fvad_set_mode(instance, AGGRESSIVENESS) !== 0 ||
    module._fvad_set_sample_rate(instance, 8_000) !== 0
  ) {
    throw new ProviderError('Voice detection could not be set up.', {
      provider: 'guided',
      code: 'vad-failed',
      category: 'unknown',
    });
  }
  return {
    isVoice(frame) {
      module.HEAP16.set(frame, frameAt / BYTES_PER_SAMPLE);
      return module._fvad_process(instance, frameAt, FRAME_SAMPLES) === 1;
    },
    free() {
      module._fvad_free(instance);
      module._free(frameAt);
    },
  };
}
